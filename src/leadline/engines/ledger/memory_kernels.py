"""Instructions compiled code lacks in NumPy's terms: four or eight bytes loaded, eight stored at any offset, a cache
line asked for or compared as a whole, a product of 128 bits."""

import functools
from types import SimpleNamespace
from typing import Any

from leadline.compiled import intrinsic

LINE = 8
"""Words of a cache line."""


@functools.cache
def _llvm() -> Any:
    """What the instructions are written with, loaded when the first of them is compiled."""
    from llvmlite import ir  # noqa: PLC0415
    from numba import types  # noqa: PLC0415
    from numba.core.cgutils import get_or_insert_function  # noqa: PLC0415

    word = ir.IntType(64)
    return SimpleNamespace(
        ir=ir,
        types=types,
        declared=get_or_insert_function,
        bytes=ir.IntType(8).as_pointer(),
        word=word,
        half=ir.IntType(32),
        line=ir.VectorType(word, LINE),
    )


def _address(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Pointer to the byte at offset args[1] of the contiguous array args[0]."""
    low = _llvm()
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(builder.bitcast(array.data, low.bytes), [args[1]])


@intrinsic
def load64(_typing: Any, array: Any, offset: Any) -> Any:
    """The 64-bit word at byte `offset` of a contiguous array; the caller holds its eight bytes in bounds."""
    low = _llvm()
    signature = low.types.uint64(array, low.types.int64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = builder.bitcast(_address(context, builder, signature, args), low.word.as_pointer())
        word = builder.load(at)
        word.align = 1
        return word

    return (signature, code) if offset is not None else None


@intrinsic
def load32(_typing: Any, array: Any, offset: Any) -> Any:
    """The 32-bit word at byte `offset` of a contiguous array, as int64; the caller holds its four bytes in bounds."""
    low = _llvm()
    signature = low.types.int64(array, low.types.int64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = builder.bitcast(_address(context, builder, signature, args), low.half.as_pointer())
        word = builder.load(at)
        word.align = 1
        return builder.zext(word, low.word)

    return (signature, code) if offset is not None else None


@intrinsic
def store64(_typing: Any, array: Any, offset: Any, word: Any) -> Any:
    """The 64-bit `word` written at byte `offset` of a contiguous array; the caller holds its eight bytes in bounds."""
    low = _llvm()
    signature = low.types.void(array, low.types.int64, low.types.uint64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        at = builder.bitcast(_address(context, builder, signature, args), low.word.as_pointer())
        builder.store(args[2], at).align = 1
        return context.get_dummy_value()

    return (signature, code) if word is not None and offset is not None else None


@intrinsic
def prefetch(_typing: Any, array: Any, offset: Any) -> Any:
    """Ask for the cache line at byte `offset` of a contiguous array; never faults, changes nothing."""
    low = _llvm()
    signature = low.types.void(array, low.types.int64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number = low.ir.IntType(32)
        kind = low.ir.FunctionType(low.ir.VoidType(), [low.bytes, number, number, number])
        ask = low.declared(builder.module, kind, "llvm.prefetch.p0")
        builder.call(ask, [_address(context, builder, signature, args), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return (signature, code) if offset is not None else None


@intrinsic
def fold(_typing: Any, a: Any, b: Any) -> Any:
    """The two halves of the 128-bit product of two 64-bit words, one xor the other."""
    low = _llvm()
    signature = low.types.uint64(low.types.uint64, low.types.uint64)

    def code(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        wide = low.ir.IntType(128)
        product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
        high = builder.trunc(builder.lshr(product, wide(64)), low.word)
        return builder.xor(builder.trunc(product, low.word), high)

    return (signature, code) if b is not None and a is not None else None


@intrinsic
def line_like(_typing: Any, array: Any, offset: Any, word: Any, mask: Any) -> Any:
    """Of the LINE words from index `offset` of a contiguous array those that equal `word` outside the bits of `mask`
    and have some inside: these bits of all of them together; how many they are; how many of the line are not zero.

    No word decides what is read or done next. The caller holds the line in bounds.
    """
    low = _llvm()
    signature = low.types.UniTuple(low.types.int64, 3)(array, low.types.int64, low.types.uint64, low.types.uint64)

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def all_of(value: Any) -> Any:
            first = builder.insert_element(low.ir.Constant(low.line, low.ir.Undefined), value, low.half(0))
            return builder.shuffle_vector(first, first, low.ir.Constant(low.ir.VectorType(low.half, LINE), [0] * LINE))

        def number(flags: Any) -> Any:
            return builder.zext(builder.ctpop(builder.bitcast(flags, low.ir.IntType(LINE))), low.word)

        zero = low.ir.Constant(low.line, [0] * LINE)
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        line = builder.load(builder.bitcast(builder.gep(data, [args[1]]), low.line.as_pointer()))
        line.align = 8
        inside = builder.and_(line, all_of(args[3]))
        unlike = builder.and_(builder.xor(line, all_of(args[2])), all_of(builder.not_(args[3])))
        found = builder.select(builder.icmp_unsigned("==", unlike, zero), inside, zero)
        either = low.declared(builder.module, low.ir.FunctionType(low.word, [low.line]), "llvm.vector.reduce.or.v8i64")
        like, taken = (number(builder.icmp_unsigned("!=", words, zero)) for words in (found, line))
        return context.make_tuple(builder, signature.return_type, [builder.call(either, [found]), like, taken])

    return (signature, code) if word is not None and mask is not None and offset is not None else None
