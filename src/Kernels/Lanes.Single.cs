namespace Limen.Kernels;

/// <summary>One number: the tail of a row, and machines without vectors. Rounds exactly as a vector lane does.</summary>
internal readonly unsafe struct F1(float v) : ILanes<F1>
{
    private readonly float _v = v;

    public static int Count => 1;

    public static implicit operator F1(float value) => new(value);
    public static implicit operator float(F1 value) => value._v;

    public static F1 Broadcast(float value) => new(value);
    public static F1 Load(float* from) => new(*from);
    public static void Store(F1 value, float* to) => *to = value._v;

    public static F1 LoadHigh(ushort* from, int lowest) => new(BitConverter.UInt32BitsToSingle((uint)*from << lowest));

    public static void StoreHigh(F1 value, uint round, int lowest, ushort* to) =>
        *to = (ushort)((BitConverter.SingleToUInt32Bits(value._v) + round) >> lowest);

    public static F1 operator +(F1 a, F1 b) => new(a._v + b._v);
    public static F1 operator -(F1 a, F1 b) => new(a._v - b._v);
    public static F1 operator *(F1 a, F1 b) => new(a._v * b._v);
    public static F1 operator /(F1 a, F1 b) => new(a._v / b._v);

    public static F1 Fma(F1 a, F1 b, F1 c) => new(MathF.FusedMultiplyAdd(a._v, b._v, c._v));
    public static void AddProduct(ref F1 sum, F1 a, F1 b) => sum = Fma(a, b, sum);
    public static void AddProduct(ref F1 sum, F1 a, float* b) => sum = Fma(a, *b, sum);
    public static F1 Min(F1 bound, F1 value) => new(bound._v < value._v ? bound._v : value._v);
    public static F1 Max(F1 bound, F1 value) => new(bound._v > value._v ? bound._v : value._v);
    public static F1 Abs(F1 value) => new(MathF.Abs(value._v));
    public static F1 Sqrt(F1 value) => new(MathF.Sqrt(value._v));
    public static F1 Greater(F1 a, F1 b, F1 yes, F1 no) => a._v > b._v ? yes : no;
    public static F1 Between(F1 low, F1 x, F1 high, F1 value) => x._v > low._v && x._v < high._v ? value : new F1(0f);

    public static F1 Signed(F1 value, F1 sign) => float.IsNegative(sign._v) ? new F1(-value._v) : value;
    public static F1 Exponent(F1 value) => new((float)((BitConverter.SingleToInt32Bits(value._v) >>> 23) - 127));
    public static F1 Mantissa(F1 value) => new(BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(value._v) & 0x007FFFFF) | 0x3F800000));

    public static F1 AddToExponent(F1 value, F1 exponent) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value._v) + (BitConverter.SingleToInt32Bits(exponent._v) << 23)));

    public static float Sum(F1 value) => value._v;

    public static void AddSums(F1 a, F1 b, F1 c, F1 d, float* to)
    {
        to[0] += a;
        to[1] += b;
        to[2] += c;
        to[3] += d;
    }

    public static ulong GreaterBits(F1 a, F1 b) => a._v > b._v ? 1UL : 0UL;
}
