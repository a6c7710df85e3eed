using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Limen.Kernels;

/// <summary>A hash table from pairs of non-negative integers to two integers each, by open addressing.</summary>
internal sealed class PairTable
{
    /// <summary>How many pairs ahead are fetched.</summary>
    internal const int Ahead = 12;

    internal struct Entry
    {
        /// <summary>The pair, never 0 in a taken entry.</summary>
        public ulong Key;
        public int Value;
        public int Stamp;

        public readonly int First => (int)(Key >> 32) - 1;
        public readonly int Second => (int)(uint)Key;
    }

    private Entry[] entries;
    private int count;

    internal PairTable(int capacity) => entries = Room(Math.Max(16, 2L * capacity));

    /// <summary>The taken entries, in no order that means anything.</summary>
    internal IEnumerable<Entry> Entries => entries.Where(e => e.Key != 0);

    /// <summary>
    /// The entry of a pair; new ones hold value 0 and stamp -1. The reference holds until the next addition.
    /// </summary>
    internal ref Entry Add(int first, int second)
    {
        if (4 * (long)count >= 3 * (long)entries.Length) Grow();
        var key = Key(first, second);
        ref var entry = ref entries[Slot(key)];
        if (entry.Key == 0)
        {
            entry.Key = key;
            entry.Stamp = -1;
            count++;
        }
        return ref entry;
    }

    /// <summary>
    /// Replaces each first[i] by the value of the pair (first[i], second[i]), by -1 where it has none or one of the
    /// two is negative. Tables are larger than caches, so the places of pairs further on are fetched ahead.
    /// </summary>
    internal void FindAll(Span<int> first, ReadOnlySpan<int> second)
    {
        for (var i = 0; i < first.Length; i++)
        {
            if (i + Ahead < first.Length) Fetch(first[i + Ahead], second[i + Ahead]);
            if (first[i] < 0 || second[i] < 0)
            {
                first[i] = -1;
                continue;
            }
            ref var entry = ref entries[Slot(Key(first[i], second[i]))];
            first[i] = entry.Key == 0 ? -1 : entry.Value;
        }
    }

    /// <summary>Brings the place of a pair into the cache.</summary>
    internal unsafe void Fetch(int first, int second)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref entries[Start(Key(first, second))]));
    }

    private static ulong Key(int first, int second) => ((ulong)(uint)(first + 1) << 32) | (uint)second;

    private static ulong Mix(ulong key)
    {
        key *= 0x9E3779B97F4A7C15UL;
        key ^= key >> 32;
        return key * 0xD6E8FEB86659FD93UL;
    }

    private int Start(ulong key) => (int)(Mix(key) >> 24) & (entries.Length - 1);

    /// <summary>Where a key stands, or the empty place where it would.</summary>
    private int Slot(ulong key)
    {
        var mask = entries.Length - 1;
        var at = Start(key);
        while (entries[at].Key != key && entries[at].Key != 0) at = (at + 1) & mask;
        return at;
    }

    private static Entry[] Room(long least) =>
        new Entry[Shapes.Length((long)BitOperations.RoundUpToPowerOf2((ulong)least), nameof(least))];

    private void Grow()
    {
        var old = entries;
        entries = Room(2L * old.Length);
        foreach (var entry in old)
            if (entry.Key != 0) entries[Slot(entry.Key)] = entry;
    }
}
