using System.Numerics;

namespace Limen.Kernels;

/// <summary>
/// Counts ids below a limit and hands them back in ascending order without sorting: bits mark the ids that were met,
/// bits above them the words of bits that are not 0. The time grows with the distinct ids and with limit / 4096.
/// </summary>
internal sealed class IdCounter(int limit)
{
    private readonly int[] counts = new int[limit];
    private readonly ulong[] met = new ulong[(limit >> 6) + 1];
    private readonly ulong[] words = new ulong[(limit >> 12) + 1];

    internal void Add(int id)
    {
        if (counts[id]++ > 0) return;
        met[id >> 6] |= 1UL << id;
        words[id >> 12] |= 1UL << (id >> 6);
    }

    /// <summary>Appends each id that was met with its count, and starts anew.</summary>
    internal void MoveTo(List<int> ids, List<float> values)
    {
        for (var group = 0; group < words.Length; group++)
        {
            for (; words[group] != 0; words[group] &= words[group] - 1)
            {
                var word = (group << 6) + BitOperations.TrailingZeroCount(words[group]);
                for (; met[word] != 0; met[word] &= met[word] - 1)
                {
                    var id = (word << 6) + BitOperations.TrailingZeroCount(met[word]);
                    ids.Add(id);
                    values.Add(counts[id]);
                    counts[id] = 0;
                }
            }
        }
    }
}
