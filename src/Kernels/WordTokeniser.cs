using System.Globalization;
using System.Text;

namespace Limen.Kernels;

/// <summary>Which characters make up a word.</summary>
public enum TokenCharacters
{
    /// <summary>Letters, numbers and the underscore, as in the regular expression \w.</summary>
    Words,

    /// <summary>Letters alone.</summary>
    Letters,
}

/// <summary>
/// The words of a text, folded (Unicode): longest runs of two or more characters, each with the marks that follow it. Scripts that write no space between words
/// (Unspaced) are cut into single characters and pairs of neighbours, which stand alone. Everything else separates.
/// </summary>
public sealed class WordTokeniser(TokenCharacters characters) : Tokeniser
{
    private const char Separator = '\0';

    private static readonly Lazy<char[]> Words = new(() => Table(TokenCharacters.Words));
    private static readonly Lazy<char[]> Letters = new(() => Table(TokenCharacters.Letters));

    private readonly char[] folds = (characters == TokenCharacters.Letters ? Letters : Words).Value;
    private char[] buffer = new char[64];
    private int length;
    private string text = "";
    private int at;
    private bool standsAlone;

    /// <summary>Where the character begins whose pair comes next, -1 where none does.</summary>
    private int pairedFrom = -1;

    /// <inheritdoc/>
    public override ReadOnlySpan<char> Current => buffer.AsSpan(0, length);

    /// <inheritdoc/>
    public override bool StandsAlone => standsAlone;

    /// <inheritdoc/>
    public override void Start(string text) => (this.text, at, pairedFrom) = (text ?? throw new ArgumentNullException(nameof(text)), 0, -1);

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        if (pairedFrom >= 0 && MoveToPair()) return true;
        standsAlone = false;
        while (true)
        {
            while (at < text.Length && folds[text[at]] == Separator) at++;
            var first = at;
            length = 0;
            for (; at < text.Length && folds[text[at]] is var c and not (Separator or Unicode.Hard); at++)
            {
                if (length == buffer.Length) Array.Resize(ref buffer, 2 * length);
                buffer[length++] = c;
            }
            if (at < text.Length && folds[text[at]] == Unicode.Hard)
            {
                at = first;
                if (MoveOverHard()) return true;
            }
            else if (length >= 2) return true;
            else if (at == text.Length) return false;
        }
    }

    /// <summary>Moves on where a character takes a look at itself and its neighbours; false where no token begins here.</summary>
    private bool MoveOverHard()
    {
        var first = at;
        var kind = Next(out var end);
        if (kind == Kind.Unspaced)
        {
            at = end;
            SkipMarks();
            Take(first);
            (standsAlone, pairedFrom) = (true, first);
            return true;
        }
        var count = 0;
        for (; kind is Kind.Character || (kind is Kind.Mark && count > 0); kind = Next(out end))
        {
            if (kind is Kind.Character) count++;
            at = end;
        }
        if (count == 0) at = kind is Kind.Unspaced ? at : end;
        if (count >= 2) Take(first);
        return count >= 2;
    }

    /// <summary>Moves to the pair of the character moved to last and the one after it, which is next; false where none follows it at once.</summary>
    private bool MoveToPair()
    {
        var (first, second) = (pairedFrom, at);
        pairedFrom = -1;
        if (Next(out var end) != Kind.Unspaced) return false;
        at = end;
        SkipMarks();
        Take(first);
        at = second;
        return true;
    }

    private void SkipMarks()
    {
        while (Next(out var end) is Kind.Mark) at = end;
    }

    /// <summary>The token is what stands from first to here.</summary>
    private void Take(int first) => length = Unicode.FoldInto(text.AsSpan(first..at), ref buffer);

    private enum Kind { Separator, Mark, Character, Unspaced }

    /// <summary>What stands here, and where the next begins; a separator at the end.</summary>
    private Kind Next(out int end)
    {
        end = at;
        if (at == text.Length) return Kind.Separator;
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var used);
        end += used;
        return KindOf(rune, characters);
    }

    private static Kind KindOf(Rune rune, TokenCharacters characters)
    {
        var category = Rune.GetUnicodeCategory(rune);
        if (Unicode.IsMark(category)) return Kind.Mark;
        var belongs = Rune.IsLetter(rune)
            || (characters == TokenCharacters.Words && (rune.Value == '_' || Rune.IsNumber(rune)));
        return !belongs ? Kind.Separator : Unspaced.Contains(rune.Value) ? Kind.Unspaced : Kind.Character;
    }

    /// <summary>What each character of a word folds to wherever it stands, Hard where that takes a look, 0 for every separator.</summary>
    private static char[] Table(TokenCharacters characters)
    {
        var table = new char[char.MaxValue + 1];
        for (var c = 0; c < table.Length; c++)
        {
            var kind = Rune.TryCreate((char)c, out var rune) ? KindOf(rune, characters) : Kind.Mark;
            if (kind is not Kind.Separator) table[c] = kind is Kind.Character ? Unicode.FoldSimple((char)c) : Unicode.Hard;
        }
        return table;
    }
}
