using System.Globalization;
using System.Text;

namespace Limen.Kernels;

/// <summary>
/// Texts as they are compared: full case folding (CaseFolding.txt, status C and F: GRÖSSE is größe is grösse, final sigma is sigma, ligatures are their letters, İ is i
/// with a dot above), then NFC, so that texts are equal that differ by case or by composition alone: NFC(fold(NFD(text))), the canonical caseless
/// match of the Unicode standard, section 3.13 D145 (https://www.unicode.org/versions/latest/). Compatible characters (full width, superscripts)
/// stay apart. By a table of this library (Unicode.txt, made by build/unicode.pl): the same with ICU and without.
/// </summary>
public static class Unicode
{
    /// <summary>In the place of a folded character: it takes a look at its neighbours, or is not one character.</summary>
    internal const char Hard = '\uFFFF';

    private static readonly Dictionary<int, int[]> Fold = [];
    private static readonly Dictionary<int, int[]> Decomposition = [];
    private static readonly Dictionary<(int, int), int> Composition = [];
    private static readonly Dictionary<int, byte> Class = [];

    /// <summary>What composes with a character before it.</summary>
    private static readonly HashSet<int> Joins = [];

    /// <summary>What each character folds to wherever it stands, or Hard.</summary>
    private static readonly char[] Simple;

    static Unicode()
    {
        using var stream = typeof(Unicode).Assembly.GetManifestResourceStream("Unicode.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) Read(line.Split(' '));
        Simple = new char[char.MaxValue + 1];
        for (var c = 0; c < Simple.Length; c++) Simple[c] = Alone((char)c);
    }

    /// <summary>What a character folds to wherever it stands, or Hard.</summary>
    internal static char FoldSimple(char c) => Simple[c];

    /// <summary>Folds a text into a buffer, which grows where it must, and gives the length.</summary>
    internal static int FoldInto(ReadOnlySpan<char> text, ref char[] buffer)
    {
        if (buffer.Length < text.Length) buffer = new char[2 * text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if ((buffer[i] = Simple[text[i]]) != Hard) continue;
            var folded = Folded(text);
            if (buffer.Length < folded.Length) buffer = new char[2 * folded.Length];
            folded.CopyTo(buffer);
            return folded.Length;
        }
        return text.Length;
    }

    /// <summary>The folded text, in NFC. Halves of surrogate pairs become U+FFFD.</summary>
    public static string Folded(ReadOnlySpan<char> text)
    {
        var codes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, codes);
        Reorder(codes); // before marks fold to letters, which none passes
        var folded = new List<int>(codes.Count);
        foreach (var code in codes)
            foreach (var one in Fold.TryGetValue(code, out var full) ? full : [code]) Decompose(one, folded);
        Reorder(folded);
        Compose(folded);
        var result = new StringBuilder(folded.Count);
        foreach (var code in folded) result.Append(new Rune(code).ToString());
        return result.ToString();
    }

    private static void Read(string[] line)
    {
        var codes = line[0] == "V" ? [] : Array.ConvertAll(line[1..], c => int.Parse(c, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        switch (line[0])
        {
            case "F":
                Fold.Add(codes[0], codes[1..]);
                break;
            case "D":
                Decomposition.Add(codes[0], codes[1..]);
                Composition.Add((codes[1], codes[2]), codes[0]);
                Joins.Add(codes[2]);
                break;
            case "S":
                Decomposition.Add(codes[0], codes[1..]);
                break;
            case "C":
                for (var c = codes[0]; c <= codes[1]; c++) Class.Add(c, byte.Parse(line[3], CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>What a character folds to, Hard where that is not one character or one beside it may change it.</summary>
    private static char Alone(char c)
    {
        if (char.IsSurrogate(c) || ClassOf(c) > 0 || Joins.Contains(c) || Hangul.IsVowelOrFinal(c)) return Hard;
        if (!Fold.ContainsKey(c) && !Decomposition.ContainsKey(c)) return c;
        return Folded([c]) is [var one] ? one : Hard;
    }

    internal static bool IsMark(UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static void Decompose(int code, List<int> into)
    {
        if (Hangul.Decompose(code, into)) return;
        if (!Decomposition.TryGetValue(code, out var parts)) into.Add(code);
        else foreach (var part in parts) Decompose(part, into);
    }

    private static byte ClassOf(int code) => Class.GetValueOrDefault(code);

    /// <summary>Marks in the order of their classes; those of a class stay as they stand.</summary>
    private static void Reorder(List<int> codes)
    {
        for (var i = 1; i < codes.Count; i++)
        {
            var code = codes[i];
            if (ClassOf(code) == 0) continue;
            var at = i;
            for (; at > 0 && ClassOf(codes[at - 1]) > ClassOf(code); at--) codes[at] = codes[at - 1];
            codes[at] = code;
        }
    }

    /// <summary>Each mark goes into the last starter where the two compose and nothing of its class or above stands between.</summary>
    private static void Compose(List<int> codes)
    {
        var (starter, kept) = (-1, 0);
        foreach (var code in codes.ToArray())
        {
            var blocked = starter < 0 || (kept - 1 > starter && ClassOf(codes[kept - 1]) >= ClassOf(code));
            if (!blocked && Pair(codes[starter], code) is { } both)
            {
                codes[starter] = both;
                continue;
            }
            if (ClassOf(code) == 0) starter = kept;
            codes[kept++] = code;
        }
        codes.RemoveRange(kept, codes.Count - kept);
    }

    private static int? Pair(int first, int second) =>
        Hangul.Compose(first, second) ?? (Composition.TryGetValue((first, second), out var both) ? both : null);
}
