namespace Limen.Core

open System
open System.Globalization

/// LightGBM's text form of a model: blocks of lines `name=values`, one block for each tree
/// (https://github.com/microsoft/LightGBM/blob/v4.6.0/src/io/tree.cpp, Tree::ToString).
[<RequireQualifiedAccess>]
module internal TreeText =

    /// The largest float32 that is not above the threshold: x <= t says the same for every float32 x.
    let private atMost (threshold: float) : float32 =
        let nearest = float32 threshold

        if float nearest > threshold then
            MathF.BitDecrement nearest
        else
            nearest

    /// Where NaN goes. Bits 2 and 3 of a decision are 2 where training met NaN at this feature: then bit 1 says whether it goes left. Elsewhere NaN is taken as 0.
    let private missingGoesLeft (decision: int) (threshold: float) =
        if (decision >>> 2) &&& 3 = 2 then
            decision &&& 2 = 2
        else
            0.0 <= threshold

    let private tree (lines: string[]) : Tree =
        let values (name: string) =
            match lines |> Array.tryFind _.StartsWith($"{name}=") with
            | Some line -> line.Substring(name.Length + 1).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            | None -> [||]

        let ints name =
            values name |> Array.map (fun v -> Int32.Parse(v, CultureInfo.InvariantCulture))

        let floats name =
            values name
            |> Array.map (function
                | "inf" -> infinity // all that are not NaN go left
                | v -> Double.Parse(v, CultureInfo.InvariantCulture))

        let threshold, left, right =
            floats "threshold", ints "left_child", ints "right_child"

        {
            Feature = ints "split_feature"
            Threshold = threshold |> Array.map atMost
            Left = left
            Right = right
            Missing =
                Array.map2 missingGoesLeft (ints "decision_type") threshold
                |> Array.mapi (fun n goesLeft -> if goesLeft then left[n] else right[n])
            Leaf = floats "leaf_value" |> Array.map float32
        }

    /// The trees of a model, in the order in which they grew.
    let trees (text: string) : Tree list =
        let blocks =
            text.Substring(0, text.IndexOf("end of trees", StringComparison.Ordinal)).Split("\nTree=")

        [ for block in Array.tail blocks -> tree (block.Split '\n') ]
