namespace Limen.Kernels;

/// <summary>
/// The orders in which passes visit given rows: seeded permutations (Fisher-Yates over SplitMix64; Steele, Lea, Flood 2014,
/// https://doi.org/10.1145/2660193.2660195), the same for every label, repeated after some passes.
/// </summary>
internal sealed class RowOrders
{
    private const int Distinct = 8;

    private readonly int[][] orders;

    public RowOrders(int[] rows, ulong seed)
    {
        orders = new int[Distinct][];
        for (var pass = 0; pass < Distinct; pass++)
            orders[pass] = Permutation(rows, seed * Distinct + (ulong)pass);
    }

    public int[] this[int pass] => orders[pass % Distinct];

    private static int[] Permutation(int[] rows, ulong seed)
    {
        int[] order = [.. rows];
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = (int)(Mix(Mix(seed) + (ulong)i) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private static ulong Mix(ulong x)
    {
        var z = x + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
