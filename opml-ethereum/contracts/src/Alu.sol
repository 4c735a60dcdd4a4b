// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What the arithmetic instructions of RV64IM compute. Operands and results are numbers below 2^64; a signed one is in
/// two's complement. Each function says whether the encoding is legal; if it is not, its result has no meaning.
library Alu {
    /// What a division by zero gives.
    uint256 private constant ALL_ONES = type(uint64).max;

    /// funct7 of what subtracts, or shifts signs in.
    uint256 private constant ALTERNATE = 32;
    /// funct7 of the M extension.
    uint256 private constant MULTIPLY = 1;

    /// OP-IMM: ADDI to ANDI.
    /// @param word the instruction
    /// @param b its immediate
    function immediate(uint256 word, uint256 a, uint256 b)
        internal
        pure
        returns (bool legal, uint256 result)
    {
        uint256 funct3 = (word >> 12) & 7;
        if (funct3 & 3 != 1) {
            return base(funct3, a, b);
        }
        // Shifts: six bits of the immediate are the amount, six say which one.
        uint256 funct6 = word >> 26;
        if (funct6 == 0) {
            return base(funct3, a, b);
        }
        return (funct3 == 5 && funct6 == ALTERNATE >> 1, shiftRightSigned(a, b));
    }

    /// OP: ADD to AND, and the M extension's.
    function register(uint256 word, uint256 a, uint256 b) internal pure returns (bool legal, uint256 result) {
        uint256 funct3 = (word >> 12) & 7;
        uint256 funct7 = word >> 25;
        if (funct7 == 0) {
            return base(funct3, a, b);
        }
        if (funct7 == MULTIPLY) {
            return (true, multiplyOrDivide(funct3, a, b));
        }
        if (funct7 == ALTERNATE) {
            return alternate(funct3, a, b);
        }
        return (false, 0);
    }

    /// OP-IMM-32: ADDIW, SLLIW, SRLIW, SRAIW.
    /// @param b the immediate; of a shift by less than 32, its five low bits are the amount
    function immediateWord(uint256 word, uint256 a, uint256 b)
        internal
        pure
        returns (bool legal, uint256 result)
    {
        uint256 funct3 = (word >> 12) & 7;
        uint256 funct7 = word >> 25;
        if (funct3 == 0 || funct7 == 0) {
            return baseWord(funct3, a, b);
        }
        return (funct3 == 5 && funct7 == ALTERNATE, shiftRightSignedWord(a, b));
    }

    /// OP-32: ADDW to SRAW, and the M extension's.
    function registerWord(uint256 word, uint256 a, uint256 b)
        internal
        pure
        returns (bool legal, uint256 result)
    {
        uint256 funct3 = (word >> 12) & 7;
        uint256 funct7 = word >> 25;
        if (funct7 == 0) {
            return baseWord(funct3, a, b);
        }
        if (funct7 == MULTIPLY) {
            return multiplyOrDivideWord(funct3, a, b);
        }
        if (funct7 == ALTERNATE) {
            // Wraps modulo 2^32, as extended cuts it.
            unchecked {
                return funct3 == 0 ? (true, extended(a - b)) : (funct3 == 5, shiftRightSignedWord(a, b));
            }
        }
        return (false, 0);
    }

    /// A number's low 32 bits with their sign.
    function extended(uint256 x) internal pure returns (uint256) {
        return uint64(int64(int32(uint32(x))));
    }

    /// Whether a is less than b, both signed.
    function less(uint256 a, uint256 b) internal pure returns (bool) {
        return signed(a) < signed(b);
    }

    function base(uint256 funct3, uint256 a, uint256 b) private pure returns (bool legal, uint256 result) {
        legal = true;
        if (funct3 == 0) {
            // Wraps modulo 2^64.
            unchecked {
                result = uint64(a + b);
            }
        } else if (funct3 == 1) {
            result = uint64(a << (b & 63));
        } else if (funct3 == 2) {
            result = less(a, b) ? 1 : 0;
        } else if (funct3 == 3) {
            result = a < b ? 1 : 0;
        } else if (funct3 == 4) {
            result = a ^ b;
        } else if (funct3 == 5) {
            result = a >> (b & 63);
        } else if (funct3 == 6) {
            result = a | b;
        } else {
            result = a & b;
        }
    }

    function alternate(uint256 funct3, uint256 a, uint256 b)
        private
        pure
        returns (bool legal, uint256 result)
    {
        // Wraps modulo 2^64.
        unchecked {
            return funct3 == 0 ? (true, uint256(uint64(a - b))) : (funct3 == 5, shiftRightSigned(a, b));
        }
    }

    function baseWord(uint256 funct3, uint256 a, uint256 b)
        private
        pure
        returns (bool legal, uint256 result)
    {
        legal = true;
        if (funct3 == 0) {
            // Wraps modulo 2^32, as extended cuts it.
            unchecked {
                result = extended(a + b);
            }
        } else if (funct3 == 1) {
            result = extended(a << (b & 31));
        } else if (funct3 == 5) {
            result = extended(uint32(a) >> (b & 31));
        } else {
            legal = false;
        }
    }

    /// Products of two numbers below 2^64, or from -2^63 on, fit into 256 bits, and so does -2^63 / -1. What is cut
    /// from them is what RISC-V cuts.
    function multiplyOrDivide(uint256 funct3, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            if (funct3 == 0) {
                return uint64(a * b);
            }
            if (funct3 == 1) {
                return uint64(uint256((signed(a) * signed(b)) >> 64));
            }
            if (funct3 == 2) {
                return uint64(uint256((signed(a) * int256(b)) >> 64));
            }
            if (funct3 == 3) {
                return (a * b) >> 64;
            }
            if (funct3 == 4) {
                return b == 0 ? ALL_ONES : uint64(uint256(signed(a) / signed(b)));
            }
            if (funct3 == 5) {
                return b == 0 ? ALL_ONES : a / b;
            }
            if (funct3 == 6) {
                return b == 0 ? a : uint64(uint256(signed(a) % signed(b)));
            }
            return b == 0 ? a : a % b;
        }
    }

    /// As multiplyOrDivide, of the low 32 bits.
    function multiplyOrDivideWord(uint256 funct3, uint256 a, uint256 b)
        private
        pure
        returns (bool legal, uint256 result)
    {
        if (funct3 == 0 || funct3 == 5 || funct3 == 7) {
            result = multiplyOrDivide(funct3, uint32(a), uint32(b));
        } else {
            result = multiplyOrDivide(funct3, extended(a), extended(b));
        }
        return (funct3 == 0 || funct3 > 3, extended(result));
    }

    function shiftRightSigned(uint256 a, uint256 b) private pure returns (uint256) {
        return uint64(uint256(signed(a) >> (b & 63)));
    }

    function shiftRightSignedWord(uint256 a, uint256 b) private pure returns (uint256) {
        return uint64(uint256(signed(extended(a)) >> (b & 31)));
    }

    function signed(uint256 x) private pure returns (int256) {
        return int64(uint64(x));
    }
}
