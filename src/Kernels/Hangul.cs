namespace Limen.Kernels;

/// <summary>
/// Syllables of Hangul and the letters that they are made of, by arithmetic (Unicode standard, section 3.12,
/// https://www.unicode.org/versions/latest/).
/// </summary>
internal static class Hangul
{
    private const int Syllables = 0xAC00;
    private const int Initials = 0x1100;
    private const int Vowels = 0x1161;
    private const int Finals = 0x11A7;
    private const int InitialCount = 19;
    private const int VowelCount = 21;
    private const int FinalCount = 28;

    /// <summary>Whether a letter joins the initial or the syllable before it.</summary>
    internal static bool IsVowelOrFinal(int code) =>
        code is >= Vowels and < Vowels + VowelCount or > Finals and < Finals + FinalCount;

    /// <summary>Adds the letters of a syllable; false for anything else.</summary>
    internal static bool Decompose(int code, List<int> into)
    {
        var at = code - Syllables;
        if (at is < 0 or >= InitialCount * VowelCount * FinalCount) return false;
        into.Add(Initials + at / (VowelCount * FinalCount));
        into.Add(Vowels + at / FinalCount % VowelCount);
        if (at % FinalCount > 0) into.Add(Finals + at % FinalCount);
        return true;
    }

    /// <summary>The syllable of an initial and a vowel, or of a syllable without a final and a final; null for anything else.</summary>
    internal static int? Compose(int first, int second)
    {
        var (initial, vowel) = (first - Initials, second - Vowels);
        if (initial is >= 0 and < InitialCount && vowel is >= 0 and < VowelCount)
            return Syllables + (initial * VowelCount + vowel) * FinalCount;
        var (syllable, final) = (first - Syllables, second - Finals);
        var open = syllable is >= 0 and < InitialCount * VowelCount * FinalCount && syllable % FinalCount == 0;
        return open && final is > 0 and < FinalCount ? first + final : null;
    }
}
