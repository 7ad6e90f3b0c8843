"""Instructions compiled code lacks in NumPy's terms: four or eight bytes loaded, eight stored at any offset, a cache
line asked for or compared as a whole, a product of 128 bits."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

_intrinsic: Any = intrinsic
_tuple: Any = types.UniTuple
_declared: Any = get_or_insert_function
_BYTES = ir.IntType(8).as_pointer()
_WORD = ir.IntType(64)
_HALF = ir.IntType(32)
LINE = 8
"""Words of a cache line."""
_LINE = ir.VectorType(_WORD, LINE)


def _address(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Pointer to the byte at offset args[1] of the contiguous array args[0]."""
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(builder.bitcast(array.data, _BYTES), [args[1]])


@_intrinsic
def load64(_typing: Any, array: Any, offset: Any) -> Any:
    """The 64-bit word at byte `offset` of a contiguous array; the caller holds its eight bytes in bounds."""
    signature = types.uint64(array, types.int64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = builder.bitcast(_address(context, builder, signature, args), _WORD.as_pointer())
        word = builder.load(at)
        word.align = 1
        return word

    return (signature, code) if offset is not None else None


@_intrinsic
def load32(_typing: Any, array: Any, offset: Any) -> Any:
    """The 32-bit word at byte `offset` of a contiguous array, as int64; the caller holds its four bytes in bounds."""
    signature = types.int64(array, types.int64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = builder.bitcast(_address(context, builder, signature, args), _HALF.as_pointer())
        word = builder.load(at)
        word.align = 1
        return builder.zext(word, _WORD)

    return (signature, code) if offset is not None else None


@_intrinsic
def store64(_typing: Any, array: Any, offset: Any, word: Any) -> Any:
    """The 64-bit `word` written at byte `offset` of a contiguous array; the caller holds its eight bytes in bounds."""
    signature = types.void(array, types.int64, types.uint64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = builder.bitcast(_address(context, builder, signature, args), _WORD.as_pointer())
        builder.store(args[2], at).align = 1
        return context.get_dummy_value()

    return (signature, code) if word is not None and offset is not None else None


@_intrinsic
def prefetch(_typing: Any, array: Any, offset: Any) -> Any:
    """Ask for the cache line at byte `offset` of a contiguous array; never faults, changes nothing."""
    signature = types.void(array, types.int64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [_BYTES, number, number, number])
        ask = _declared(builder.module, kind, "llvm.prefetch.p0")
        builder.call(ask, [_address(context, builder, signature, args), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return (signature, code) if offset is not None else None


@_intrinsic
def fold(_typing: Any, a: Any, b: Any) -> Any:
    """The two halves of the 128-bit product of two 64-bit words, one xor the other."""
    signature = types.uint64(types.uint64, types.uint64)

    def code(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
        high = builder.trunc(builder.lshr(product, wide(64)), _WORD)
        return builder.xor(builder.trunc(product, _WORD), high)

    return (signature, code) if b is not None and a is not None else None


@_intrinsic
def line_like(_typing: Any, array: Any, offset: Any, word: Any, mask: Any) -> Any:
    """Of the LINE words from index `offset` of a contiguous array those that equal `word` outside the bits of `mask`
    and have some inside: these bits of all of them together; how many they are; how many of the line are not zero.

    No word decides what is read or done next. The caller holds the line in bounds.
    """
    signature = _tuple(types.int64, 3)(array, types.int64, types.uint64, types.uint64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def all_of(value: Any) -> Any:
            first = builder.insert_element(ir.Constant(_LINE, ir.Undefined), value, _HALF(0))
            return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(_HALF, LINE), [0] * LINE))

        def number(flags: Any) -> Any:
            return builder.zext(builder.ctpop(builder.bitcast(flags, ir.IntType(LINE))), _WORD)

        zero = ir.Constant(_LINE, [0] * LINE)
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        line = builder.load(builder.bitcast(builder.gep(data, [args[1]]), _LINE.as_pointer()))
        line.align = 8
        low = builder.and_(line, all_of(args[3]))
        unlike = builder.and_(builder.xor(line, all_of(args[2])), all_of(builder.not_(args[3])))
        found = builder.select(builder.icmp_unsigned("==", unlike, zero), low, zero)
        either = _declared(builder.module, ir.FunctionType(_WORD, [_LINE]), "llvm.vector.reduce.or.v8i64")
        like, taken = (number(builder.icmp_unsigned("!=", words, zero)) for words in (found, line))
        return context.make_tuple(builder, signature.return_type, [builder.call(either, [found]), like, taken])

    return (signature, code) if word is not None and mask is not None and offset is not None else None
