// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, RequestId, Registration, RequestTerms, Model, Program, RequestStatus} from "./Types.sol";
import {Ground} from "./Ground.sol";
import {ModelHash} from "./ModelHash.sol";
import {RequestIds} from "./RequestIds.sol";

/// Models and requests. What is stored of a request does not grow with what others send.
abstract contract Requests is Ground {
    /// Most bytes of a location: every client has to read it.
    uint256 private constant MOST_LOCATION = 1024;

    /// Registers a model, or announces one more place to find a registered one.
    /// @param fileHash of the model's file
    /// @param location where the file is
    function register(Registration calldata registration, bytes32 fileHash, string calldata location)
        external
    {
        require(bytes(location).length <= MOST_LOCATION, InvalidRegistration());
        (ModelId id, uint256 formatVersion) = RULES.requireValid(registration);
        require(allowsProgram(formatVersion, registration.programRoot), ProgramNotAllowed());
        // Whoever is first must not be able to hide the model's file from others. Nothing else can change: the id
        // fixes image and header, and a place in an image has one path.
        if (models[id] == 0) {
            models[id] = ModelHash.hash(registration.imageRoot, registration.header, registration.inputPath);
        }
        emit ModelRegistered(
            id,
            msg.sender,
            registration.imageRoot,
            registration.header,
            registration.inputPath,
            fileHash,
            location
        );
    }

    /// Asks for an inference and locks the fee, which the transaction has to bring.
    /// @param model what was registered of it
    function request(RequestTerms calldata terms, Model calldata model)
        external
        payable
        returns (RequestId id)
    {
        require(
            models[terms.model] == ModelHash.hash(model.imageRoot, model.header, model.inputPath),
            UnknownModel()
        );
        (
            bytes32 inputRoot,
            bytes32 initialRoot,
            uint256 traceLength,
            uint256 vocabularySize,
            bool singlePhase
        ) = RULES.begin(model, terms.inference);
        requirePolicy(terms, traceLength);
        require(terms.fee <= type(uint96).max, AmountOutOfRange());
        id = requestId(terms, inputRoot);
        Request storage made = requests[id];
        require(made.status == RequestStatus.NONE, Duplicate());
        requireValue(terms.fee);
        made.initialRoot = initialRoot;
        made.status = RequestStatus.OPEN;
        made.singlePhase = singlePhase;
        // Each number below fits its bits: the rules of images, or the policy's, have checked its range.
        made.maxNewTokens = uint24(terms.inference.maxNewTokens);
        made.vocabularySize = uint32(vocabularySize);
        made.lastNode = uint40(traceLength - 1);
        made.bond = uint96(terms.bond);
        made.challengeWindow = uint32(terms.challengeWindow);
        made.sealingTime = uint40(block.timestamp);
        made.sealingBlock = uint40(block.number);
        made.sealingSeconds = uint32(terms.sealingDeadline - block.timestamp);
        made.fee = uint96(terms.fee);
        made.requester = msg.sender;
        made.consumer = terms.consumer;
        emit RequestMade(id, msg.sender, terms, inputRoot, initialRoot, traceLength);
    }

    /// Credits the fee of a request back that nobody can answer any more. Anybody may.
    function refund(RequestId id) external {
        Request storage stored = existing(id);
        require(stored.status == RequestStatus.OPEN, RequestClosed());
        require(elapsed(stored.sealingTime, stored.sealingBlock) > stored.sealingSeconds, TooEarly());
        require(stored.firstAlive == 0, StillUndecided());
        stored.status = RequestStatus.REFUNDED;
        stored.feeGone = true;
        credit(stored.requester, stored.fee);
        emit Refunded(id, stored.requester, stored.fee);
    }

    function existing(RequestId id) internal view returns (Request storage stored) {
        stored = requests[id];
        require(stored.status != RequestStatus.NONE, UnknownRequest());
    }

    /// A claim of the request failed: others get time to seal, so that nobody kills a request by losing on purpose.
    function claimFailed(RequestId id, uint32 number) internal {
        Request storage stored = requests[id];
        unlink(stored, number);
        if (stored.status != RequestStatus.OPEN) return;
        uint256 least = leastSealing(uint256(stored.lastNode) + 1);
        if (stored.sealingSeconds < elapsed(stored.sealingTime, stored.sealingBlock) + least) {
            stored.sealingTime = uint40(block.timestamp);
            stored.sealingBlock = uint40(block.number);
            // Fits: the longest window leaves room for it, and is at most a year.
            stored.sealingSeconds = uint32(least);
            emit SealingExtended(id, block.timestamp + least);
        }
    }

    /// Appends a claim to the list of undecided ones, after all others.
    function append(Request storage stored, uint32 number) internal {
        uint32 last = stored.lastAlive;
        if (last == 0) {
            stored.firstAlive = number;
        } else {
            stored.links[last] |= number;
            stored.links[number] = uint64(last) << 32;
        }
        stored.lastAlive = number;
    }

    /// Takes a claim that is decided out of the list.
    function unlink(Request storage stored, uint32 number) internal {
        uint32 first = stored.firstAlive;
        uint32 last = stored.lastAlive;
        if (first == last) {
            stored.firstAlive = 0;
            stored.lastAlive = 0;
            return;
        }
        uint64 gone = stored.links[number];
        stored.links[number] = 0;
        uint32 previous = uint32(gone >> 32);
        uint32 next = uint32(gone);
        if (previous == 0) stored.firstAlive = next;
        else stored.links[previous] = (stored.links[previous] >> 32 << 32) | next;
        if (next == 0) stored.lastAlive = previous;
        else stored.links[next] = (uint64(previous) << 32) | uint32(stored.links[next]);
    }

    function allowsProgram(uint256 formatVersion, bytes32 root) private view returns (bool) {
        Program[] memory allowed = programs();
        for (uint256 i = 0; i < allowed.length; i++) {
            if (allowed[i].formatVersion == formatVersion && allowed[i].root == root) return true;
        }
        return false;
    }

    /// Refuses work that would take too long; terms that leave too little time or money to be safe; and those that
    /// would lock others' for longer, or more of it, than the deployment allows.
    function requirePolicy(RequestTerms calldata terms, uint256 traceLength) private view {
        uint256 work = workSeconds(traceLength);
        require(work <= LONGEST_SECONDS, TooMuchWork());
        requireWithin(terms.challengeWindow, CHALLENGE_WINDOW + 3 * work, LONGEST_CHALLENGE_WINDOW);
        // A deadline that has passed leaves no time, and none is too little.
        uint256 sealingSeconds =
            terms.sealingDeadline > block.timestamp ? terms.sealingDeadline - block.timestamp : 0;
        requireWithin(sealingSeconds, leastSealing(traceLength), LONGEST_SEALING_WINDOW);
        uint256 leastBond = CLAIM_BOND + CLAIM_BOND_PER_NODE * traceLength;
        requireWithin(terms.bond, leastBond, leastBond * MOST_TIMES_LEAST_BOND);
    }

    function requireWithin(uint256 value, uint256 least, uint256 most) private pure {
        require(value >= least && value <= most, PolicyOutOfRange());
    }

    /// Least time for sealing: to run the request, and to run it again after a failure.
    function leastSealing(uint256 traceLength) private view returns (uint256) {
        return SEALING_WINDOW + 2 * workSeconds(traceLength);
    }

    function requestId(RequestTerms calldata terms, bytes32 inputRoot) private view returns (RequestId) {
        return RequestIds.hash(
            address(this),
            msg.sender,
            terms.model,
            inputRoot,
            terms.fee,
            terms.sealingDeadline,
            terms.consumer,
            terms.challengeWindow,
            terms.bond,
            terms.nonce
        );
    }
}
