namespace Limen.Core

open System
open Limen.Kernels

/// Evidence in bins: codes of P pairs for each feature, and the cuts between bins; code <= b where the evidence is at most cut b.
[<NoEquality; NoComparison>]
type internal BinnedPairs =
    {
        /// [F][bins - 1], ascending.
        Cuts: float32[][]
        /// [F][P].
        Codes: byte[][]
        /// Features that no tree may fall in are the first so many.
        Rising: int
    }

/// One tree of FusionTrees, grown level by level: each split is the one of the largest gain in the second-order approximation of a loss (Chen and Guestrin 2016,
/// https://doi.org/10.1145/2939672.2939785), values of rising features kept in order by bounds on the nodes below.
[<RequireQualifiedAccess>]
module internal TreeGrowing =

    let private bins = 64
    let private ridge = 1.0
    /// The least curvature and pairs on each side of a split.
    let private leastCurvature = 1.0
    let private leastPairs = 100.0
    let private chunk = 1 <<< 15
    /// Of a bin: gradient, curvature, pairs.
    let private sums = 3

    /// At most 63 cuts, one each time that another 64th of the weight is passed. After a value that holds several 64ths, the next different values are each a cut until their number has caught up.
    let private cuts (weights: float[]) (values: float32[]) : float32[] =
        let order = Array.init values.Length id
        Array.Sort(Array.copy values, order)
        let step = Array.sum weights / float bins
        let found = ResizeArray()
        let mutable passed = 0.0

        for at in order do
            passed <- passed + weights[at]
            let isNew = found.Count = 0 || values[at] > found[found.Count - 1]

            if found.Count < bins - 1 && passed >= step * float (found.Count + 1) && isNew then
                found.Add values[at]

        found.ToArray()

    let private code (cuts: float32[]) (value: float32) : byte =
        let at = Array.BinarySearch(cuts, value)
        byte (if at >= 0 then at else ~~~at)

    /// Bins of features [F][P] by the weights of the pairs [P].
    let bin (rising: int) (weights: float[]) (features: float32[][]) : BinnedPairs =
        let cuts = features |> Cancellation.map (cuts weights)

        {
            Cuts = cuts
            Codes = Array.map2 (fun cuts values -> Cancellation.map (code cuts) values) cuts features
            Rising = rising
        }

    /// The sums of each bin of each feature of each node of a level, [nodes · F · bins · 3], pairs in chunks that are added in their order.
    let private histogram
        (pairs: BinnedPairs)
        (first: int)
        (nodeOf: int[])
        (gradient: float32[])
        (curvature: float32[])
        =
        let features = pairs.Codes.Length
        let size = (first + 1) * features * bins * sums

        let ofChunk index =
            let found = Array.zeroCreate<float> size

            for at in index * chunk .. Lanes.End(index, chunk, nodeOf.Length) - 1 do
                let node = nodeOf[at] - first

                if node >= 0 && curvature[at] > 0f then
                    for f in 0 .. features - 1 do
                        let bin = ((node * features + f) * bins + int (pairs.Codes[f][at])) * sums
                        found[bin] <- found[bin] + float gradient[at]
                        found[bin + 1] <- found[bin + 1] + float curvature[at]
                        found[bin + 2] <- found[bin + 2] + 1.0

            found

        let chunks = Cancellation.init (Lanes.Tasks(nodeOf.Length, chunk)) ofChunk
        let all = Array.zeroCreate<float> size

        for found in chunks do
            for i in 0 .. size - 1 do
                all[i] <- all[i] + found[i]

        all

    /// A node on the way: where its values must lie.
    [<Struct>]
    type private Bounds = { Low: float; High: float }

    [<Struct>]
    type private Cutting =
        {
            Gain: float
            Feature: int
            Bin: int
            Left: float
            Right: float
        }

    let private value (bounds: Bounds) g h =
        min bounds.High (max bounds.Low (-g / (h + ridge)))

    /// How much a node of that value lowers the loss.
    let private lowers g h v = -(g * v + 0.5 * (h + ridge) * v * v)

    let private unsplit =
        {
            Gain = 1e-6
            Feature = -1
            Bin = 0
            Left = 0.0
            Right = 0.0
        }

    /// The best split of a node of the level, the first one being 0; unsplit where none lowers the loss.
    let private best (pairs: BinnedPairs) (all: float[]) (node: int) (bounds: Bounds) : Cutting =
        let features = pairs.Codes.Length
        let mutable found = unsplit

        for f in 0 .. features - 1 do
            let start = (node * features + f) * bins * sums

            let total k =
                Seq.sum (seq { for b in 0 .. bins - 1 -> all[start + b * sums + k] })

            let g, h, n = total 0, total 1, total 2
            let whole = lowers g h (value bounds g h)
            let mutable gl, hl, nl = 0.0, 0.0, 0.0

            for b in 0 .. pairs.Cuts[f].Length - 1 do
                let at = start + b * sums
                gl <- gl + all[at]
                hl <- hl + all[at + 1]
                nl <- nl + all[at + 2]

                if min hl (h - hl) >= leastCurvature && min nl (n - nl) >= leastPairs then
                    let left, right = value bounds gl hl, value bounds (g - gl) (h - hl)
                    let gain = lowers gl hl left + lowers (g - gl) (h - hl) right - whole

                    if gain > found.Gain && (f >= pairs.Rising || left <= right) then
                        found <-
                            {
                                Gain = gain
                                Feature = f
                                Bin = b
                                Left = left
                                Right = right
                            }

        found

    /// A tree that lowers a loss with these gradients and curvatures [P]; pairs of curvature 0 take no part. Its values are multiplied by the rate. Also each pair's value.
    let grow (rate: float) (pairs: BinnedPairs) (gradient: float32[]) (curvature: float32[]) : FusionTrees * float32[] =
        let features = Array.create FusionTrees.inner -1
        let cut = Array.zeroCreate FusionTrees.inner
        let bin = Array.zeroCreate<int> FusionTrees.inner
        let values = Array.zeroCreate<float> FusionTrees.nodes

        let bounds =
            Array.create
                FusionTrees.nodes
                {
                    Low = Double.NegativeInfinity
                    High = Double.PositiveInfinity
                }

        let nodeOf = Array.zeroCreate<int> gradient.Length
        values[0] <- -(Seq.sumBy float gradient) / (Seq.sumBy float curvature + ridge)

        let split first node (all: float[]) =
            let s = best pairs all (node - first) bounds[node]

            if s.Feature >= 0 then
                features[node] <- s.Feature
                cut[node] <- pairs.Cuts[s.Feature][s.Bin]
                bin[node] <- s.Bin
                let left, right = 2 * node + 1, 2 * node + 2
                values[left] <- s.Left
                values[right] <- s.Right
                bounds[left] <- bounds[node]
                bounds[right] <- bounds[node]

                if s.Feature < pairs.Rising then
                    let middle = (s.Left + s.Right) / 2.0
                    bounds[left] <- { bounds[node] with High = middle }
                    bounds[right] <- { bounds[node] with Low = middle }

        let descend first at =
            let node = nodeOf[at]

            if node >= first && features[node] >= 0 then
                nodeOf[at] <-
                    if int (pairs.Codes[features[node]][at]) <= bin[node] then
                        2 * node + 1
                    else
                        2 * node + 2

        for level in 0 .. FusionTrees.depth - 1 do
            let first = (1 <<< level) - 1
            let all = histogram pairs first nodeOf gradient curvature

            for node in first .. 2 * first do
                split first node all

            Cancellation.iter (Lanes.Tasks(nodeOf.Length, chunk)) (fun index ->
                for at in index * chunk .. Lanes.End(index, chunk, nodeOf.Length) - 1 do
                    descend first at)

        let values = values |> Array.map (fun v -> float32 (rate * v))

        {
            Feature = features
            Cut = cut
            Value = values
        },
        nodeOf |> Array.map (fun node -> values[node])
