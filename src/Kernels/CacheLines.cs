namespace Limen.Kernels;

internal static unsafe class CacheLines
{
    /// <summary>The first number at or after memory that begins a cache line (64 bytes); room for 15 more is needed.</summary>
    public static float* Align(float* memory) => (float*)(((nint)memory + 63) & ~(nint)63);
}
