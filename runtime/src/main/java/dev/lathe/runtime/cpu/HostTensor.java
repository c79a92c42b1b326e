package dev.lathe.runtime.cpu;

/// An operand of a step in the memory of this process.
public sealed interface HostTensor
    permits FloatTensor, IntTensor, KvTensor, LongTensor, MappedMatrix, PackedMatrix {}
