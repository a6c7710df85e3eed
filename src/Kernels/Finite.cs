using System.Numerics;

namespace Limen.Kernels;

/// <summary>Looking for numbers that are none.</summary>
internal static class Finite
{
    /// <summary>The place of the first number that is infinite or NaN; -1 where there is none.</summary>
    public static int FirstFault(ReadOnlySpan<float> numbers)
    {
        if (AreAll(numbers)) return -1;
        for (var at = 0; at < numbers.Length; at++)
            if (!float.IsFinite(numbers[at]))
                return at;
        return -1;
    }

    /// <summary>x - x is 0 for a finite number and NaN for any other, and a sum with a NaN is NaN.</summary>
    private static bool AreAll(ReadOnlySpan<float> numbers)
    {
        var sums = Vector<float>.Zero;
        var at = 0;
        for (; at <= numbers.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            var x = new Vector<float>(numbers[at..]);
            sums += x - x;
        }
        var sum = Vector.Sum(sums);
        for (; at < numbers.Length; at++) sum += numbers[at] - numbers[at];
        return sum == 0f;
    }
}
