namespace Limen.Kernels;

/// <summary>The scripts that write no space between words: Han, Kana, Thai, Lao, Myanmar and Khmer, by their Unicode blocks (Blocks.txt).</summary>
internal static class Unspaced
{
    private static readonly (int First, int Last)[] Blocks =
    [
        (0x0E00, 0x0EFF), // Thai, Lao
        (0x1000, 0x109F), // Myanmar
        (0x1780, 0x17FF), // Khmer
        (0x2E80, 0x2FDF), // radicals
        (0x3005, 0x3007), // iteration mark, closing mark, zero
        (0x3021, 0x30FF), // numerals, Hiragana, Katakana
        (0x31F0, 0x31FF), // Katakana extensions
        (0x3400, 0x4DBF), // Han, extension A
        (0x4E00, 0x9FFF), // Han
        (0xA9E0, 0xA9FF), // Myanmar, extension B
        (0xAA60, 0xAA7F), // Myanmar, extension A
        (0xF900, 0xFAFF), // Han for compatibility
        (0xFF66, 0xFF9D), // Katakana of half width
        (0x1AFF0, 0x1B16F), // Kana, extensions
        (0x20000, 0x3FFFF), // Han, further extensions
    ];

    internal static bool Contains(int code) => code >= Blocks[0].First && Blocks.Any(b => b.First <= code && code <= b.Last);
}
