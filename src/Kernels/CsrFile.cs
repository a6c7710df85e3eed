using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Limen.Kernels;

/// <summary>
/// Sparse matrices in one file as their arrays lie in memory (little endian): magic, version,
/// CRC-32C of all that follows, a key of 32 bytes, the sizes of each matrix, then row starts, indices and values
/// matrix by matrix.
/// </summary>
public static class CsrFile
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const int Version = 1;

    /// <summary>The length of a key.</summary>
    public const int KeyBytes = 32;

    private const int SizesAt = 16 + KeyBytes;
    private const int Chunk = 1 << 18;
    private static ReadOnlySpan<byte> Magic => "LIMENCSR"u8;

    private delegate Span<byte> Part(int from, int count);

    /// <summary>Writes the matrices; the stream must be empty and able to seek.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes long.</exception>
    public static void Write(Stream stream, ReadOnlySpan<byte> key, params CsrMatrix[] matrices)
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException($"expected {KeyBytes} bytes, received {key.Length}", nameof(key));
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(matrices);
        foreach (var m in matrices) ArgumentNullException.ThrowIfNull(m, nameof(matrices));
        var sizes = Sizes(matrices);
        stream.Write(Magic);
        stream.Write(MemoryMarshal.AsBytes<int>([Version, 0]));
        stream.Write(key);
        stream.Write(MemoryMarshal.AsBytes<int>(sizes));
        var checksums = new List<uint> { Checksum(key), Checksum(MemoryMarshal.AsBytes<int>(sizes)) };
        foreach (var (part, from, count) in Pieces(matrices, sizes))
        {
            CancellationScope.ThrowIfCancelled();
            var bytes = part(from, count);
            stream.Write(bytes);
            checksums.Add(Checksum(bytes));
        }
        stream.Position = Magic.Length + sizeof(int);
        stream.Write(MemoryMarshal.AsBytes<uint>([Combined(CollectionsMarshal.AsSpan(checksums))]));
    }

    /// <summary>
    /// The matrices of a file, which is copied into memory, so that nothing that becomes of it later matters; null where it is absent, damaged,
    /// cut off while it is read, of another version or has another key.
    /// </summary>
    /// <exception cref="FileNotFoundException">There was a file of that name, and it went away before it was opened.</exception>
    public static CsrMatrix[]? TryRead(string path, ReadOnlySpan<byte> key)
    {
        if (!File.Exists(path)) return null;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var head = new byte[SizesAt + sizeof(int)];
        if (!Fill(file, head, 0)) return null;
        var numbers = MemoryMarshal.Cast<byte, int>(head.AsSpan(Magic.Length, 2 * sizeof(int)));
        if (!head.AsSpan().StartsWith(Magic) || numbers[0] != Version || !head.AsSpan(16, KeyBytes).SequenceEqual(key)) return null;
        if (TrySizes(file, BitConverter.ToInt32(head, SizesAt)) is not { } sizes) return null;
        var matrices = new CsrMatrix[sizes[0]];
        for (var i = 0; i < matrices.Length; i++)
        {
            var starts = new int[sizes[3 * i + 1] + 1];
            var indices = GC.AllocateUninitializedArray<int>(sizes[3 * i + 3]);
            var values = GC.AllocateUninitializedArray<float>(sizes[3 * i + 3]);
            matrices[i] = CsrMatrix.Trusted(sizes[3 * i + 1], sizes[3 * i + 2], starts, indices, values);
        }
        return TryFill(file, matrices, sizes) is { } checksums
            && Combined([Checksum(key), Checksum(MemoryMarshal.AsBytes<int>(sizes)), .. checksums]) == (uint)numbers[1]
            && matrices.All(m => m.StructureFault() is null)
            ? matrices
            : null;
    }

    /// <summary>
    /// Reads the arrays of the matrices, each piece by one thread; their checksums, null where the file ends before them.
    /// </summary>
    private static uint[]? TryFill(SafeFileHandle file, CsrMatrix[] matrices, int[] sizes)
    {
        var pieces = Pieces(matrices, sizes);
        var offsets = new long[pieces.Count];
        var at = SizesAt + (long)sizes.Length * sizeof(int);
        for (var i = 0; i < pieces.Count; i++)
        {
            offsets[i] = at;
            at += (long)pieces[i].Count * sizeof(int);
        }
        var checksums = new uint[pieces.Count];
        var whole = Parallel.For(0, pieces.Count, CancellationScope.Options, (i, loop) =>
        {
            var target = pieces[i].Part(pieces[i].From, pieces[i].Count);
            if (!Fill(file, target, offsets[i])) loop.Stop();
            checksums[i] = Checksum(target);
        });
        return whole.IsCompleted ? checksums : null;
    }

    /// <summary>Whether the file holds as many bytes from there on as the span, which are read.</summary>
    private static bool Fill(SafeFileHandle file, Span<byte> target, long from)
    {
        while (!target.IsEmpty)
        {
            var read = RandomAccess.Read(file, target, from);
            if (read == 0) return false;
            target = target[read..];
            from += read;
        }
        return true;
    }

    /// <summary>The count and the sizes of so many matrices, where they add up to the file's length.</summary>
    private static int[]? TrySizes(SafeFileHandle file, int count)
    {
        var length = RandomAccess.GetLength(file);
        var at = SizesAt + sizeof(int) * (1 + 3L * count);
        if (count < 0 || at > length || 1 + 3L * count > Array.MaxLength) return null;
        var sizes = new int[1 + 3 * count];
        if (!Fill(file, MemoryMarshal.AsBytes(sizes.AsSpan()), SizesAt)) return null;
        if (sizes.AsSpan().ContainsAnyInRange(int.MinValue, -1)) return null;
        for (var i = 0; i < count; i++)
        {
            var (starts, entries) = (sizes[3 * i + 1] + 1L, (long)sizes[3 * i + 3]);
            if (starts > Array.MaxLength || entries > Array.MaxLength) return null;
            at += sizeof(int) * (starts + 2 * entries);
        }
        return at == length ? sizes : null;
    }

    private readonly record struct Piece(Part Part, int From, int Count);

    private static int[] Sizes(ReadOnlySpan<CsrMatrix> matrices)
    {
        var sizes = new int[1 + 3 * matrices.Length];
        sizes[0] = matrices.Length;
        for (var i = 0; i < matrices.Length; i++)
        {
            sizes[3 * i + 1] = matrices[i].Rows;
            sizes[3 * i + 2] = matrices[i].Columns;
            sizes[3 * i + 3] = matrices[i].NonZeros;
        }
        return sizes;
    }

    /// <summary>
    /// The arrays of the matrices in the order of the file, cut into pieces of at most <see cref="Chunk"/> elements.
    /// </summary>
    private static List<Piece> Pieces(ReadOnlySpan<CsrMatrix> matrices, int[] sizes)
    {
        var pieces = new List<Piece>();
        for (var i = 0; i < matrices.Length; i++)
        {
            var m = matrices[i];
            Cut((from, count) => MemoryMarshal.AsBytes(m.RowStart.AsSpan(from, count)), sizes[3 * i + 1] + 1);
            Cut((from, count) => MemoryMarshal.AsBytes(m.Indices.AsSpan(from, count)), sizes[3 * i + 3]);
            Cut((from, count) => MemoryMarshal.AsBytes(m.Values.AsSpan(from, count)), sizes[3 * i + 3]);
        }
        return pieces;

        void Cut(Part part, int length)
        {
            for (var i = 0; i < Lanes.Tasks(length, Chunk); i++)
                pieces.Add(new Piece(part, i * Chunk, Lanes.End(i, Chunk, length) - i * Chunk));
        }
    }

    private static uint Combined(ReadOnlySpan<uint> checksums) => Checksum(MemoryMarshal.AsBytes(checksums));

    /// <summary>CRC-32C (Castagnoli), eight bytes at a time.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var b in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
