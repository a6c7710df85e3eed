namespace Limen.Fuzz

open System
open System.Globalization
open System.Numerics
open System.Text.RegularExpressions

/// Decimal numbers read slowly and exactly: as fractions of whole numbers of any length.
[<RequireQualifiedAccess>]
module PlainNumbers =

    let private form =
        Regex(@"^([+-]?)(?:([0-9]+)\.?([0-9]*)|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?\z")

    let private missing =
        Regex(@"^[+-]?nan\z", RegexOptions.IgnoreCase ||| RegexOptions.CultureInvariant)

    /// A float as numerator and denominator.
    let private fraction (v: float32) : BigInteger * BigInteger =
        let bits = BitConverter.SingleToInt32Bits(abs v)
        let exponent = bits >>> 23
        let mantissa = BigInteger(bits &&& 0x7FFFFF)

        if exponent = 0 then
            mantissa, BigInteger.Pow(2I, 149)
        else
            (mantissa + BigInteger.Pow(2I, 23)) * BigInteger.Pow(2I, exponent), BigInteger.Pow(2I, 150)

    /// Whether v, finite and at least 0, is the float nearest to n / d; of two that are as near, the even one.
    let private isNearest (n: BigInteger, d: BigInteger) (v: float32) =
        let middle (a: float32) (b: float32) =
            let (an, ad), (bn, bd) = fraction a, fraction b
            an * bd + bn * ad, 2I * ad * bd

        let compare (mn: BigInteger, md: BigInteger) = (n * md).CompareTo(mn * d)
        let even = BitConverter.SingleToInt32Bits v % 2 = 0

        // above the largest float lies 2^128
        let above =
            if v = Single.MaxValue then
                let vn, vd = fraction v
                let before, beforeD = fraction (MathF.BitDecrement v)
                vn * 2I * beforeD + (vn * beforeD - before * vd), 2I * vd * beforeD
            else
                middle v (MathF.BitIncrement v)

        let below =
            if v = 0f then
                (-1I, 1I)
            else
                middle (MathF.BitDecrement v) v

        let fromAbove, fromBelow = compare above, compare below

        (fromAbove < 0 || (fromAbove = 0 && even))
        && (fromBelow > 0 || (fromBelow = 0 && even))

    let private whole (text: string) =
        BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)

    /// What digits and a power of ten come to, where that is no number of thousands of digits.
    let private parts (text: string) =
        let found = form.Match text

        if not found.Success then
            None
        else
            let group (i: int) = found.Groups[i].Value
            let decimals = group 3 + group 4
            let digits = whole ("0" + group 2 + decimals)
            let exponent = if group 5 = "" then 0I else whole (group 5)
            Some(group 1 = "-", digits, exponent - BigInteger decimals.Length)

    /// Whether a text is a number that a float can hold: finite, or not a number.
    let isNumber (text: string) : bool =
        missing.IsMatch text
        || match parts text with
           | None -> false
           | Some(_, digits, _) when digits.IsZero -> true
           | Some(_, digits, power) ->
               let magnitude = BigInteger(digits.ToString().Length) + power

               if magnitude > 39I then
                   false
               elif magnitude < 39I then
                   true
               else
                   // the middle between the largest float and 2^128, which rounds to infinity
                   let limit = BigInteger.Pow(2I, 128) - BigInteger.Pow(2I, 103)

                   if power.Sign >= 0 then
                       digits * BigInteger.Pow(10I, int power) < limit
                   else
                       digits < limit * BigInteger.Pow(10I, int -power)

    /// Whether v is what a text says.
    let says (text: string) (v: float32) : bool =
        if missing.IsMatch text then
            Single.IsNaN v
        else
            match parts text with
            | None -> false
            | Some(negative, digits, power) ->
                let magnitude = BigInteger(digits.ToString().Length) + power

                Single.IsFinite v
                && (v = 0f || (v < 0f) = negative)
                && if digits.IsZero || magnitude < -60I then
                       v = 0f
                   elif power.Sign >= 0 then
                       isNearest (digits * BigInteger.Pow(10I, int power), 1I) (abs v)
                   else
                       isNearest (digits, BigInteger.Pow(10I, int -power)) (abs v)
