// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelId, RequestId, ClaimId, GameId, Word, RequestTerms, EndReason, Winner} from "./Types.sol";
import {IRefusals} from "./IRefusals.sol";

/// Events of the arbiter. Together with its parameters and their blocks they tell its whole state.
interface IArbiter is IRefusals {
    // Models

    /// A model was registered; emitted again when somebody does so again.
    event ModelRegistered(
        ModelId indexed model,
        address indexed publisher,
        bytes32 imageRoot,
        bytes header,
        bytes inputPath,
        bytes32 fileHash,
        string location
    );

    // Requests

    event RequestMade(
        RequestId indexed request,
        address indexed requester,
        RequestTerms terms,
        bytes32 inputRoot,
        bytes32 initialRoot,
        uint256 traceLength
    );
    /// The request's first claim became final.
    event RequestFinal(RequestId indexed request, ClaimId indexed claim);
    /// A claim failed, so others get time to seal.
    event SealingExtended(RequestId indexed request, uint256 sealingDeadline);
    event FeePaid(RequestId indexed request, ClaimId indexed claim, address indexed proposer, uint256 fee);
    event Refunded(RequestId indexed request, address indexed requester, uint256 fee);

    // Claims

    event ClaimSealed(
        ClaimId indexed claim,
        RequestId indexed request,
        address indexed proposer,
        uint256 number,
        bytes32 seal,
        bytes output,
        bytes32 outputRoot
    );
    event ClaimRevealed(ClaimId indexed claim, bytes32 finalRoot);
    event ClaimExpired(ClaimId indexed claim, uint256 burnt);
    event ClaimRefuted(ClaimId indexed claim, uint256 quota, uint256 burnt);
    event ClaimFinal(ClaimId indexed claim);

    // Games. `own` are the mover's commitments at the inner boundaries, ascending, then at the end.

    event Challenged(
        GameId indexed game,
        ClaimId indexed claim,
        address indexed challenger,
        Word word,
        bytes32 agreed,
        bytes32 other,
        bytes32[] own
    );
    event Subdivided(
        GameId indexed game, uint256 segment, Word word, bytes32 agreed, bytes32 other, bytes32[] own
    );
    event MachineOpened(GameId indexed game, Word word, bytes32 agreed, bytes32[] own);
    /// @param word of the last position
    /// @param other of the last position; zero, and without a meaning, where it is unsaid
    /// @param end the mover's end of the last position
    /// @param result the post-state that the arbiter computed
    event InstructionExecuted(
        GameId indexed game,
        Word word,
        bytes32 agreed,
        bytes32 other,
        bytes32 end,
        bytes32 result,
        address submitter
    );
    event Ended(
        GameId indexed game, EndReason reason, Winner winner, uint256 reward, uint256 returned, uint256 burnt
    );

    // Money

    event Withdrawn(address indexed account, uint256 amount);

    /// The receiver of a withdrawal did not accept it.
    error WithdrawalRefused();
}
