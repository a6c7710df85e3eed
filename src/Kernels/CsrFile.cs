using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Limen.Kernels;

/// <summary>
/// Sparse matrices in one file as their arrays lie in memory (little endian), to be memory-mapped: magic, version,
/// CRC-32C of all that follows, a key of 32 bytes, the sizes of each matrix, then row starts, indices and values
/// matrix by matrix.
/// </summary>
public static unsafe class CsrFile
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
        var sizes = Sizes(matrices);
        stream.Write(Magic);
        stream.Write(MemoryMarshal.AsBytes<int>([Version, 0]));
        stream.Write(key);
        stream.Write(MemoryMarshal.AsBytes<int>(sizes));
        var checksums = new List<uint> { Checksum(key), Checksum(MemoryMarshal.AsBytes<int>(sizes)) };
        foreach (var (part, from, count) in Pieces(matrices, sizes))
        {
            var bytes = part(from, count);
            stream.Write(bytes);
            checksums.Add(Checksum(bytes));
        }
        stream.Position = Magic.Length + sizeof(int);
        stream.Write(MemoryMarshal.AsBytes<uint>([Combined(CollectionsMarshal.AsSpan(checksums))]));
    }

    /// <summary>
    /// The matrices of a file; null where it is absent, damaged, of another version or has another key.
    /// </summary>
    public static CsrMatrix[]? TryRead(string path, ReadOnlySpan<byte> key)
    {
        var length = File.Exists(path) ? new FileInfo(path).Length : 0;
        if (length < SizesAt + sizeof(int)) return null;
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            return TryRead(start, length, key);
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static CsrMatrix[]? TryRead(byte* start, long length, ReadOnlySpan<byte> key)
    {
        var head = new ReadOnlySpan<byte>(start, SizesAt);
        var numbers = MemoryMarshal.Cast<byte, int>(head.Slice(Magic.Length, 2 * sizeof(int)));
        if (!head.StartsWith(Magic) || numbers[0] != Version || !head[16..].SequenceEqual(key)) return null;
        if (TrySizes(start, length) is not { } sizes) return null;
        var matrices = new CsrMatrix[sizes[0]];
        for (var i = 0; i < matrices.Length; i++)
            matrices[i] = CsrMatrix.Trusted(
                sizes[3 * i + 1],
                sizes[3 * i + 2],
                new int[sizes[3 * i + 1] + 1],
                GC.AllocateUninitializedArray<int>(sizes[3 * i + 3]),
                GC.AllocateUninitializedArray<float>(sizes[3 * i + 3]));
        // piece i of the file is copied and summed by one thread; the pieces are checked once all are there
        var pieces = Pieces(matrices, sizes);
        var offsets = new long[pieces.Count];
        var at = SizesAt + (long)sizes.Length * sizeof(int);
        for (var i = 0; i < pieces.Count; i++)
        {
            offsets[i] = at;
            at += (long)pieces[i].Count * sizeof(int);
        }
        var checksums = new uint[pieces.Count + 2];
        checksums[0] = Checksum(key);
        checksums[1] = Checksum(MemoryMarshal.AsBytes<int>(sizes));
        Parallel.For(0, pieces.Count, i =>
        {
            var target = pieces[i].Part(pieces[i].From, pieces[i].Count);
            new ReadOnlySpan<byte>(start + offsets[i], target.Length).CopyTo(target);
            checksums[i + 2] = Checksum(target);
        });
        return Combined(checksums) == (uint)numbers[1] && matrices.All(m => m.StructureFault() is null) ? matrices : null;
    }

    /// <summary>The count and the sizes of the matrices, where they add up to the file's length.</summary>
    private static int[]? TrySizes(byte* start, long length)
    {
        var count = *(int*)(start + SizesAt);
        var at = SizesAt + sizeof(int) * (1 + 3L * count);
        if (count < 0 || at > length || 1 + 3L * count > Array.MaxLength) return null;
        var sizes = new ReadOnlySpan<int>(start + SizesAt, 1 + 3 * count).ToArray();
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
