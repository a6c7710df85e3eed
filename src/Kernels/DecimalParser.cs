using System.Globalization;

namespace Limen.Kernels;

/// <summary>
/// Decimal numbers in UTF-8, read exactly as <see cref="float.Parse(string)"/> does in the invariant culture, where they are visible ASCII characters alone.
/// </summary>
internal static class DecimalParser
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19];

    /// <summary>
    /// Reads the number that begins at <paramref name="at"/> and ends before a blank, a line end or '#', and moves
    /// there. The bytes must hold such an end. False (and no move) where there is no number; the value may be
    /// infinite or NaN.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out float value)
    {
        var i = at;
        var negative = bytes[i] == (byte)'-';
        if (negative) i++;
        var first = i;
        ulong digits = 0;
        uint d;
        while ((d = (uint)(bytes[i] - '0')) <= 9) { digits = digits * 10 + d; i++; }
        var count = i - first;
        var decimals = 0;
        if (bytes[i] == (byte)'.')
        {
            first = ++i;
            while ((d = (uint)(bytes[i] - '0')) <= 9) { digits = digits * 10 + d; i++; }
            decimals = i - first;
            count += decimals;
        }
        if (EndsNumber(bytes[i]) && count is > 0 and <= 19 && TryRound(digits, decimals, out value))
        {
            if (negative) value = -value;
            at = i;
            return true;
        }
        return TryReadAny(bytes, ref at, out value);
    }

    /// <summary>Whether a byte ends a number: blank, line end or the start of a comment.</summary>
    public static bool EndsNumber(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'#';

    /// <summary>
    /// digits / 10^decimals as a float. The quotient in double is off by at most two units in the last of its 53
    /// bits, so rounding it to 24 bits is right unless it lies that close to the middle between two floats; there,
    /// and below the normal range, it declines.
    /// </summary>
    private static bool TryRound(ulong digits, int decimals, out float value)
    {
        const long Middle = 1L << 28;
        const long Below = (1L << 29) - 1;
        var quotient = digits / PowersOfTen[decimals];
        value = (float)quotient;
        var distance = (BitConverter.DoubleToInt64Bits(quotient) & Below) - Middle;
        return distance is < -4 or > 4 && (quotient >= 1.1754943508222875e-38 || digits == 0);
    }

    private static bool TryReadAny(ReadOnlySpan<byte> bytes, ref int at, out float value)
    {
        var end = at;
        while (!EndsNumber(bytes[end])) end++;
        value = 0;
        // the framework passes over NUL bytes behind a number, and over blanks of all scripts around a NaN
        if (bytes[at..end].ContainsAnyExceptInRange((byte)'!', (byte)'~')) return false;
        if (!float.TryParse(bytes[at..end], Style, CultureInfo.InvariantCulture, out value)) return false;
        at = end;
        return true;
    }
}
