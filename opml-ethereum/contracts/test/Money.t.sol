// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RequestId, ClaimId, ClaimStatus, RequestStatus, RequestTerms} from "../src/Types.sol";
import {MarketBase} from "./MarketBase.sol";

/// Does anything that can be done, in any order, and keeps account of it.
contract MoneyHandler is MarketBase {
    struct Sealed {
        ClaimId id;
        address proposer;
        uint256 answer;
        uint256 salt;
    }

    RequestId[] public asked;
    Sealed[] public all;
    mapping(ClaimId => uint256) public openGames;
    uint256 public withdrawn;
    /// What its events say.
    uint256 public burnt;
    uint256 public brought;

    address[4] internal accounts = [REQUESTER, PROPOSER, RIVAL, STRANGER];

    constructor() {
        super.setUp();
    }

    /// Not once more, whoever calls it.
    function setUp() public pure override {}

    function marketIs() external view returns (address) {
        return address(market);
    }

    function counts() external view returns (uint256 requests, uint256 claims) {
        return (asked.length, all.length);
    }

    function pass(uint256 seconds_) external {
        advance(seconds_ % 100);
    }

    function passLong(uint256 seconds_) external {
        advance(seconds_ % 8000);
    }

    function stop(uint256 seconds_) external {
        standStill(seconds_ % 100_000);
    }

    function makeRequest(uint256 fee) external {
        RequestTerms memory it = terms(uint64(asked.length));
        it.fee = fee % 1 ether;
        asked.push(ask(it));
        brought += it.fee;
    }

    function makeClaim(uint256 request, uint256 account, uint256 answer) external {
        address proposer = accounts[account % accounts.length];
        if (asked.length == 0) return;
        RequestId of_ = asked[request % asked.length];
        if (market.statusOf(of_) != RequestStatus.OPEN) return;
        try this.trySeal(of_, proposer, answer % 2, all.length) returns (ClaimId id) {
            all.push(Sealed(id, proposer, answer % 2, all.length));
            brought += BOND;
        } catch {}
    }

    function trySeal(RequestId request, address proposer, uint256 answer, uint256 salt)
        external
        returns (ClaimId)
    {
        require(msg.sender == address(this), "only for a try");
        return seal(request, proposer, answer, salt);
    }

    function some(uint256 claim_) private view returns (Sealed memory) {
        return all[claim_ % all.length];
    }

    function makeReveal(uint256 claim_) external {
        if (all.length == 0) return;
        Sealed memory it = some(claim_);
        vm.prank(it.proposer);
        try market.reveal(it.id, finalRoot(it.answer), bytes32(it.salt), outputPath(it.answer)) {} catch {}
    }

    function makeExpiry(uint256 claim_) external {
        if (all.length == 0) return;
        try market.expire(some(claim_).id) {
            burnt += BOND;
        } catch {}
    }

    function makeSettlement(uint256 claim_) external {
        if (all.length == 0) return;
        try market.settle(some(claim_).id) {} catch {}
    }

    function makeGame(uint256 claim_) external {
        if (all.length == 0) return;
        ClaimId id = some(claim_).id;
        (, ClaimStatus status,,) = market.moveWord(id);
        if (status != ClaimStatus.REVEALED) return;
        market.openGame(id);
        openGames[id]++;
    }

    function endGame(uint256 claim_, uint256 quota) external {
        if (all.length == 0) return;
        ClaimId id = some(claim_).id;
        if (openGames[id] == 0) return;
        (, ClaimStatus status,,) = market.moveWord(id);
        openGames[id]--;
        if (status == ClaimStatus.REFUTED) {
            burnt += market.bondOf(id);
            market.close(id);
        } else if (quota % 2 == 0) {
            market.endGame(id);
        } else {
            quota = openGames[id] == 0 ? 0 : (quota >> 8) % (BOND / openGames[id]);
            burnt += BOND - quota * openGames[id];
            market.refute(id, quota);
        }
    }

    function makePayment(uint256 request) external {
        if (asked.length == 0) return;
        try market.payFee(asked[request % asked.length]) {} catch {}
    }

    function makeRefund(uint256 request) external {
        if (asked.length == 0) return;
        try market.refund(asked[request % asked.length]) {} catch {}
    }

    function makeWithdrawal(uint256 account) external {
        address who = accounts[account % accounts.length];
        withdrawn += market.credits(who);
        vm.prank(who);
        market.withdraw();
        assertEq(market.credits(who), 0, "credit after a withdrawal");
    }

    /// What fees, undecided claims and quotas need.
    function locked() external view returns (uint256 sum) {
        for (uint256 i = 0; i < asked.length; i++) {
            sum += market.lockedFee(asked[i]);
        }
        for (uint256 i = 0; i < all.length; i++) {
            (, ClaimStatus status,, uint32 open) = market.moveWord(all[i].id);
            uint256 bond = market.bondOf(all[i].id);
            if (status == ClaimStatus.SEALED || status == ClaimStatus.REVEALED) sum += bond;
            else if (status == ClaimStatus.REFUTED) sum += bond * open;
        }
    }

    function credited() external view returns (uint256 sum) {
        for (uint256 i = 0; i < accounts.length; i++) {
            sum += market.credits(accounts[i]);
        }
    }
}

contract MoneyInvariants is MarketBase {
    MoneyHandler private handler;

    function setUp() public override {
        handler = new MoneyHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_money_isWhereItShouldBe() external view {
        uint256 balance = handler.marketIs().balance;
        assertEq(balance, handler.locked() + handler.credited() + handler.burnt(), "balance");
        assertEq(handler.brought(), balance + handler.withdrawn(), "what was brought");
    }
}
