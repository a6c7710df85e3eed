using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Limen.Kernels;

/// <summary>16 numbers.</summary>
internal unsafe struct F512(Vector512<float> v) : ILanes<F512>
{
    private Vector512<float> _v = v;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Broadcast(float value) => new(Vector512.Create(value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Load(float* from) => new(Vector512.Load(from));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(F512 value, float* to) => value._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F512 LoadHigh(ushort* from, int lowest) =>
        new((Avx512F.ConvertToVector512UInt32(Vector256.Load(from)) << lowest).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHigh(F512 value, uint round, int lowest, ushort* to) =>
        Avx512F.ConvertToVector256UInt16((value._v.AsUInt32() + Vector512.Create(round)) >>> lowest).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator +(F512 a, F512 b) => new(a._v + b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator -(F512 a, F512 b) => new(a._v - b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator *(F512 a, F512 b) => new(a._v * b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator /(F512 a, F512 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Fma(F512 a, F512 b, F512 c) => new(Vector512.FusedMultiplyAdd(a._v, b._v, c._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void AddProduct(ref F512 sum, F512 a, F512 b) => sum._v = Vector512.FusedMultiplyAdd(a._v, b._v, sum._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void AddProduct(ref F512 sum, F512 a, float* b) => sum._v = Vector512.FusedMultiplyAdd(a._v, Vector512.Load(b), sum._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Min(F512 bound, F512 value) => new(Vector512.MinNative(bound._v, value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Max(F512 bound, F512 value) => new(Vector512.MaxNative(bound._v, value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Abs(F512 value) => new(Vector512.Abs(value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Sqrt(F512 value) => new(Vector512.Sqrt(value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Greater(F512 a, F512 b, F512 yes, F512 no) => new(Vector512.ConditionalSelect(Vector512.GreaterThan(a._v, b._v), yes._v, no._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F512 Between(F512 low, F512 x, F512 high, F512 value) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(x._v, low._v) & Vector512.LessThan(x._v, high._v), value._v, Vector512<float>.Zero));


    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Signed(F512 value, F512 sign) => new(value._v ^ (sign._v & Vector512.Create(-0f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F512 Exponent(F512 value) =>
        new(Vector512.ConvertToSingle(Vector512.ShiftRightLogical(value._v.AsInt32(), 23) - Vector512.Create(127)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F512 Mantissa(F512 value) =>
        new(((value._v.AsInt32() & Vector512.Create(0x007FFFFF)) | Vector512.Create(0x3F800000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F512 AddToExponent(F512 value, F512 exponent) =>
        new((value._v.AsInt32() + Vector512.ShiftLeft(exponent._v.AsInt32(), 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sum(F512 value) => F256.Sum(new(value._v.GetLower() + value._v.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSums(F512 a, F512 b, F512 c, F512 d, float* to)
    {
        // a0 + a2, b0 + b2, a1 + a3, b1 + b3 in each quarter; then a, b, c, d
        var ab = Avx512F.UnpackLow(a._v, b._v) + Avx512F.UnpackHigh(a._v, b._v);
        var cd = Avx512F.UnpackLow(c._v, d._v) + Avx512F.UnpackHigh(c._v, d._v);
        var sums = Avx512F.Shuffle(ab, cd, 0b01_00_01_00) + Avx512F.Shuffle(ab, cd, 0b11_10_11_10);
        var half = sums.GetLower() + sums.GetUpper();
        (Vector128.Load(to) + half.GetLower() + half.GetUpper()).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static ulong GreaterBits(F512 a, F512 b) => Vector512.ExtractMostSignificantBits(Vector512.GreaterThan(a._v, b._v));
}

/// <summary>8 numbers.</summary>
internal unsafe struct F256(Vector256<float> v) : ILanes<F256>
{
    private Vector256<float> _v = v;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Broadcast(float value) => new(Vector256.Create(value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Load(float* from) => new(Vector256.Load(from));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(F256 value, float* to) => value._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F256 LoadHigh(ushort* from, int lowest)
    {
        var (lower, upper) = Vector128.Widen(Vector128.Load(from));
        return new((Vector256.Create(lower, upper) << lowest).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHigh(F256 value, uint round, int lowest, ushort* to)
    {
        var kept = (value._v.AsUInt32() + Vector256.Create(round)) >>> lowest;
        Vector128.Narrow(kept.GetLower(), kept.GetUpper()).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator +(F256 a, F256 b) => new(a._v + b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator -(F256 a, F256 b) => new(a._v - b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator *(F256 a, F256 b) => new(a._v * b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator /(F256 a, F256 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Fma(F256 a, F256 b, F256 c) => new(Vector256.FusedMultiplyAdd(a._v, b._v, c._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void AddProduct(ref F256 sum, F256 a, F256 b) => sum._v = Vector256.FusedMultiplyAdd(a._v, b._v, sum._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void AddProduct(ref F256 sum, F256 a, float* b) => sum._v = Vector256.FusedMultiplyAdd(a._v, Vector256.Load(b), sum._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Min(F256 bound, F256 value) => new(Vector256.MinNative(bound._v, value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Max(F256 bound, F256 value) => new(Vector256.MaxNative(bound._v, value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Abs(F256 value) => new(Vector256.Abs(value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Sqrt(F256 value) => new(Vector256.Sqrt(value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Greater(F256 a, F256 b, F256 yes, F256 no) => new(Vector256.ConditionalSelect(Vector256.GreaterThan(a._v, b._v), yes._v, no._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F256 Between(F256 low, F256 x, F256 high, F256 value) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(x._v, low._v) & Vector256.LessThan(x._v, high._v), value._v, Vector256<float>.Zero));


    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Signed(F256 value, F256 sign) => new(value._v ^ (sign._v & Vector256.Create(-0f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F256 Exponent(F256 value) =>
        new(Vector256.ConvertToSingle(Vector256.ShiftRightLogical(value._v.AsInt32(), 23) - Vector256.Create(127)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F256 Mantissa(F256 value) =>
        new(((value._v.AsInt32() & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F800000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F256 AddToExponent(F256 value, F256 exponent) =>
        new((value._v.AsInt32() + Vector256.ShiftLeft(exponent._v.AsInt32(), 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sum(F256 value) => F128.Sum(new(value._v.GetLower() + value._v.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSums(F256 a, F256 b, F256 c, F256 d, float* to) =>
        F128.AddSums(
            new(a._v.GetLower() + a._v.GetUpper()), new(b._v.GetLower() + b._v.GetUpper()),
            new(c._v.GetLower() + c._v.GetUpper()), new(d._v.GetLower() + d._v.GetUpper()), to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static ulong GreaterBits(F256 a, F256 b) => Vector256.ExtractMostSignificantBits(Vector256.GreaterThan(a._v, b._v));
}

/// <summary>4 numbers.</summary>
internal unsafe struct F128(Vector128<float> v) : ILanes<F128>
{
    private Vector128<float> _v = v;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Broadcast(float value) => new(Vector128.Create(value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Load(float* from) => new(Vector128.Load(from));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(F128 value, float* to) => value._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F128 LoadHigh(ushort* from, int lowest)
    {
        var (lower, upper) = Vector64.Widen(Vector64.Load(from));
        return new((Vector128.Create(lower, upper) << lowest).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHigh(F128 value, uint round, int lowest, ushort* to)
    {
        var kept = (value._v.AsUInt32() + Vector128.Create(round)) >>> lowest;
        Vector64.Narrow(kept.GetLower(), kept.GetUpper()).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator +(F128 a, F128 b) => new(a._v + b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator -(F128 a, F128 b) => new(a._v - b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator *(F128 a, F128 b) => new(a._v * b._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator /(F128 a, F128 b) => new(a._v / b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Fma(F128 a, F128 b, F128 c) => new(Vector128.FusedMultiplyAdd(a._v, b._v, c._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void AddProduct(ref F128 sum, F128 a, F128 b) => sum._v = Vector128.FusedMultiplyAdd(a._v, b._v, sum._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void AddProduct(ref F128 sum, F128 a, float* b) => sum._v = Vector128.FusedMultiplyAdd(a._v, Vector128.Load(b), sum._v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Min(F128 bound, F128 value) => new(Vector128.MinNative(bound._v, value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Max(F128 bound, F128 value) => new(Vector128.MaxNative(bound._v, value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Abs(F128 value) => new(Vector128.Abs(value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Sqrt(F128 value) => new(Vector128.Sqrt(value._v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Greater(F128 a, F128 b, F128 yes, F128 no) => new(Vector128.ConditionalSelect(Vector128.GreaterThan(a._v, b._v), yes._v, no._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F128 Between(F128 low, F128 x, F128 high, F128 value) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(x._v, low._v) & Vector128.LessThan(x._v, high._v), value._v, Vector128<float>.Zero));


    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Signed(F128 value, F128 sign) => new(value._v ^ (sign._v & Vector128.Create(-0f)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F128 Exponent(F128 value) =>
        new(Vector128.ConvertToSingle(Vector128.ShiftRightLogical(value._v.AsInt32(), 23) - Vector128.Create(127)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F128 Mantissa(F128 value) =>
        new(((value._v.AsInt32() & Vector128.Create(0x007FFFFF)) | Vector128.Create(0x3F800000)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F128 AddToExponent(F128 value, F128 exponent) =>
        new((value._v.AsInt32() + Vector128.ShiftLeft(exponent._v.AsInt32(), 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sum(F128 value) => Vector128.Sum(value._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSums(F128 a, F128 b, F128 c, F128 d, float* to) =>
        (Vector128.Load(to) + Vector128.Create(Sum(a), Sum(b), Sum(c), Sum(d))).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static ulong GreaterBits(F128 a, F128 b) => Vector128.ExtractMostSignificantBits(Vector128.GreaterThan(a._v, b._v));
}
