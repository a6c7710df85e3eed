namespace Limen.Core

open System
open Limen.Kernels

/// Gaussian kernels exp(-gamma |x - z|^2) of rows x to landmarks z [M, D], and features of rows whose products are these kernels, as nearly as M landmarks allow.
[<RequireQualifiedAccess>]
module internal KernelFeatures =

    /// Added to the diagonal of the landmarks' kernel matrix, so that near copies among them do no harm.
    let private ridge = 1e-3

    /// The chosen rows of x [N, D].
    let dense (x: CsrMatrix) (rows: int[]) : DenseMatrix =
        let block = DenseMatrix.Zeros(rows.Length, x.Columns)

        rows
        |> Array.iteri (fun i row ->
            let ofRow = block.Row i

            for at in x.RowStart[row] .. x.RowStart[row + 1] - 1 do
                ofRow[x.Indices[at]] <- x.Values[at])

        block

    let private squaredNorms (m: DenseMatrix) : float[] =
        Array.init m.Rows (fun i ->
            let mutable sum = 0.0

            for v in m.Row i do
                sum <- sum + float v * float v

            sum)

    /// |x - z|^2 [B, M], at least 0, in the place of the products.
    let private squaredDistances (x: DenseMatrix) (z: DenseMatrix) : DenseMatrix =
        let d = new DenseMatrix(x.Rows, z.Rows)
        DenseProducts.MultiplyTransposed(x.Factor(), z.Factor(), d.Product())
        let ofX, ofZ = squaredNorms x, squaredNorms z

        for i in 0 .. x.Rows - 1 do
            let row = d.Row i

            for m in 0 .. z.Rows - 1 do
                row[m] <- float32 (max 0.0 (ofX[i] + ofZ[m] - 2.0 * float row[m]))

        d

    /// The kernels [B, M] of rows to landmarks.
    let kernels gamma (landmarks: DenseMatrix) (x: DenseMatrix) : DenseMatrix =
        let k = squaredDistances x landmarks

        for i in 0 .. k.Rows - 1 do
            let row = k.Row i

            for m in 0 .. k.Columns - 1 do
                row[m] <- float32 (exp (-gamma * float row[m]))

        k

    /// The lower Cholesky factor [M][M] of a kernel matrix with the ridge.
    let cholesky (k: DenseMatrix) : float[][] =
        let l = Array.init k.Rows (fun _ -> Array.zeroCreate<float> k.Rows)

        for i in 0 .. k.Rows - 1 do
            for j in 0..i do
                let ofRow = k.Row i
                let mutable sum = float ofRow[j] + (if i = j then ridge else 0.0)

                for t in 0 .. j - 1 do
                    sum <- sum - l[i][t] * l[j][t]

                l[i][j] <- if i = j then sqrt (max ridge sum) else sum / l[j][j]

        l

    /// L^-1 k.
    let private forward (l: float[][]) (k: float[]) : float[] =
        let y = Array.copy k

        for i in 0 .. y.Length - 1 do
            for t in 0 .. i - 1 do
                y[i] <- y[i] - l[i][t] * y[t]

            y[i] <- y[i] / l[i][i]

        y

    /// L'^-1 w.
    let backward (l: float[][]) (w: float[]) : float[] =
        let v = Array.copy w

        for i in v.Length - 1 .. -1 .. 0 do
            v[i] <- v[i] / l[i][i]

            for t in 0 .. i - 1 do
                v[t] <- v[t] - l[i][t] * v[i]

        v

    let private floats (values: Span<float32>) : float[] = values.ToArray() |> Array.map float

    /// The median of the squared distances between different landmarks; 1 where that is 0 or there is but one.
    let typicalDistance (landmarks: DenseMatrix) : float =
        use d = squaredDistances landmarks landmarks

        let between =
            [|
                for i in 0 .. d.Rows - 1 do
                    yield! floats (d.Row(i).Slice(0, i))
            |]

        if between.Length = 0 then
            1.0
        else
            match Array.sort between |> Quantile.ofAscending 0.5 with
            | 0.0 -> 1.0
            | median -> median

    /// L^-1 k(x) of every row as features [N, M].
    let ofRows gamma (landmarks: DenseMatrix) (l: float[][]) (x: CsrMatrix) : CsrMatrix =
        let width = landmarks.Rows

        let values =
            Array.zeroCreate<float32>(Shapes.Length(int64 x.Rows, int64 width, nameof x))

        Cancellation.iter x.Rows (fun row ->
            use ofRow = dense x [| row |]
            use k = kernels gamma landmarks ofRow
            let y = forward l (floats k.Span)

            for m in 0 .. width - 1 do
                values[row * width + m] <- float32 y[m])

        CsrMatrix.Trusted(
            x.Rows,
            width,
            Array.init (x.Rows + 1) (fun r -> r * width),
            Array.init values.Length (fun at -> at % width),
            values
        )
