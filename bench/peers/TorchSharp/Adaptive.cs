using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peers;

/// <summary>
/// The method as a user of TorchSharp composes it: EmbeddingBag over sparse rows, a hidden layer, learned thresholds.
/// Gives the margins z - theta [B, L].
/// </summary>
internal sealed class Adaptive : Module<Bag, Tensor, Tensor>
{
    private readonly EmbeddingBag first;
    private readonly Parameter bias;
    private readonly Dropout dropout;
    private readonly Linear output;
    private readonly Threshold threshold;

    /// <summary>Random weights.</summary>
    /// <param name="features">D.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="sets">The label sets of the training rows [N, L].</param>
    /// <param name="drop">The share of hidden units that are dropped.</param>
    public Adaptive(long features, long hidden, Csr sets, double drop) : base(nameof(Adaptive))
    {
        first = EmbeddingBag(features, hidden, mode: EmbeddingBagMode.Sum);
        bias = Parameter(zeros(hidden));
        dropout = Dropout(drop);
        output = Linear(hidden, sets.Columns, hasBias: false);
        init.normal_(first.weight!, std: 1 / Math.Sqrt(hidden));
        init.normal_(output.weight!, std: 0.02);
        threshold = new(sets);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Bag rows, Tensor knn)
    {
        using var scope = NewDisposeScope();
        var h = functional.relu(first.call(rows.Ids, rows.Offsets, rows.Weights) + bias);
        return (output.call(dropout.call(h)) - threshold.call(knn)).MoveToOuterDisposeScope();
    }
}

/// <summary>theta = lambda alpha IDF + (1 - lambda) beta KNN + b, from KNN [B, L]; b starts at each label's log-odds.</summary>
internal sealed class Threshold : Module<Tensor, Tensor>
{
    private readonly Tensor idf;
    private readonly Parameter logOdds;
    private readonly Parameter alpha;
    private readonly Parameter beta;
    private readonly Parameter b;

    /// <summary>Thresholds for label sets [N, L].</summary>
    public Threshold(Csr sets) : base(nameof(Threshold))
    {
        idf = Rarity(sets);
        logOdds = Parameter(zeros(1));
        alpha = Parameter(zeros(1));
        beta = Parameter(full(sets.Columns, -8f));
        b = Parameter(LogOdds(sets));
        RegisterComponents();
    }

    private static Tensor Support(Csr sets) => from_array(sets.ColumnCounts()).to(float32);

    private static Tensor Rarity(Csr sets)
    {
        using var scope = NewDisposeScope();
        var values = log((sets.Rows + 1) / (Support(sets) + 1));
        return (values / values.max()).MoveToOuterDisposeScope();
    }

    private static Tensor LogOdds(Csr sets)
    {
        using var scope = NewDisposeScope();
        var support = Support(sets);
        return log((sets.Rows - support + 0.5) / (support + 0.5)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor knn)
    {
        using var scope = NewDisposeScope();
        var share = sigmoid(logOdds);
        return (share * alpha * idf + (1 - share) * beta * knn + b).MoveToOuterDisposeScope();
    }
}

/// <summary>Rows as EmbeddingBag takes them.</summary>
/// <param name="Ids">The feature of each entry.</param>
/// <param name="Offsets">Where each row's entries start.</param>
/// <param name="Weights">The value of each entry.</param>
internal sealed record Bag(Tensor Ids, Tensor Offsets, Tensor Weights)
{
    /// <summary>The rows of a sparse matrix.</summary>
    public static Bag Of(Csr rows) =>
        new(from_array(rows.Indices).to(int64), from_array(rows.Start[..^1]).to(int64), from_array(rows.Values));
}

/// <summary>What a user writes beside the modules.</summary>
internal static class AdaptiveLoss
{
    /// <summary>BCE + 0.1 max(0, 0.1 - |m|), a mean over pairs.</summary>
    public static Tensor Of(Tensor margins, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var margin = functional.relu(0.1 - margins.abs()).mean();
        return (functional.binary_cross_entropy_with_logits(margins, labels) + 0.1 * margin).MoveToOuterDisposeScope();
    }

    /// <summary>A sparse matrix as a dense tensor.</summary>
    public static Tensor Dense(this Csr rows)
    {
        var values = new float[rows.Rows, rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
            for (int at = rows.Start[row]; at < rows.Start[row + 1]; at++)
                values[row, rows.Indices[at]] = rows.Values[at];
        return from_array(values);
    }
}
