using System.Numerics;

namespace Limen.Kernels;

/// <summary>A hash table from pairs of non-negative integers to two integers each, by open addressing.</summary>
internal sealed class PairTable
{
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

    internal PairTable(int capacity) => entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * capacity))];

    /// <summary>The taken entries, in no order that means anything.</summary>
    internal IEnumerable<Entry> Entries => entries.Where(e => e.Key != 0);

    internal static ulong Hash(int first, int second) => Mix(Key(first, second));

    /// <summary>The entry of a pair; new ones hold value 0 and stamp -1. The reference holds until the next addition.</summary>
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

    /// <summary>The value of a pair, -1 where it has none.</summary>
    internal int Find(int first, int second)
    {
        ref var entry = ref entries[Slot(Key(first, second))];
        return entry.Key == 0 ? -1 : entry.Value;
    }

    private static ulong Key(int first, int second) => ((ulong)(uint)(first + 1) << 32) | (uint)second;

    private static ulong Mix(ulong key)
    {
        key *= 0x9E3779B97F4A7C15UL;
        key ^= key >> 32;
        return key * 0xD6E8FEB86659FD93UL;
    }

    /// <summary>Where a key stands, or the empty place where it would.</summary>
    private int Slot(ulong key)
    {
        var mask = entries.Length - 1;
        var at = (int)(Mix(key) >> 24) & mask;
        while (entries[at].Key != key && entries[at].Key != 0) at = (at + 1) & mask;
        return at;
    }

    private void Grow()
    {
        var old = entries;
        entries = new Entry[2 * old.Length];
        foreach (var entry in old)
            if (entry.Key != 0) entries[Slot(entry.Key)] = entry;
    }
}
