using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Limen.Kernels;

/// <summary>Texts one behind the other, packed: their characters in UTF-8, or in UTF-16 where a surrogate stands alone, by Brotli (RFC 7932) at its fastest.</summary>
internal sealed class TextBlock
{
    // packing harder makes the bytes a sixth fewer and takes several times as long
    private const int Quality = 1;
    private const int Window = 18;

    private static readonly UTF8Encoding Utf8 = new(false, true);

    [ThreadStatic]
    private static (TextBlock? Of, string Text) last;

    private readonly byte[] packed;
    private readonly int bytes;
    private readonly bool isUtf8;
    private readonly int[] ends;

    /// <summary>Packs texts that stand one behind the other, each up to its end.</summary>
    public TextBlock(ReadOnlySpan<char> text, int[] ends)
    {
        this.ends = ends;
        isUtf8 = TryEncode(text, out var encoded);
        var plain = isUtf8 ? encoded : MemoryMarshal.AsBytes(text);
        bytes = plain.Length;
        var room = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        if (!BrotliEncoder.TryCompress(plain, room, out var length, Quality, Window)) throw new InvalidOperationException("Brotli had too little room");
        packed = room[..length];
    }

    /// <summary>How many texts.</summary>
    public int Count => ends.Length;

    /// <summary>Bytes that are held.</summary>
    public long Bytes => packed.Length + sizeof(int) * (long)ends.Length;

    /// <summary>A text. The block that a thread read last is unpacked still.</summary>
    public string this[int place]
    {
        get
        {
            if (last.Of != this) last = (this, Unpacked());
            var start = place == 0 ? 0 : ends[place - 1];
            return last.Text[start..ends[place]];
        }
    }

    private static bool TryEncode(ReadOnlySpan<char> text, out byte[] encoded)
    {
        try
        {
            encoded = new byte[Utf8.GetByteCount(text)];
            Utf8.GetBytes(text, encoded);
            return true;
        }
        catch (EncoderFallbackException)
        {
            encoded = [];
            return false;
        }
    }

    private string Unpacked()
    {
        var plain = new byte[bytes];
        if (!BrotliDecoder.TryDecompress(packed, plain, out var length) || length != bytes) throw new InvalidOperationException("Brotli unpacked something else");
        return isUtf8 ? Utf8.GetString(plain) : new string(MemoryMarshal.Cast<byte, char>(plain));
    }
}
