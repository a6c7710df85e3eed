using TorchSharp;
using static TorchSharp.torch;

namespace Peers;

/// <summary>The jobs of step.py and loss.py.</summary>
internal static class Jobs
{
    private const int Steps = 3;

    /// <summary>The adaptive loss, forward and backward, over dense labels and a dense KNN signal.</summary>
    public static void Loss(string folder, int rows)
    {
        var sets = Read(folder, "labels");
        using var y = sets.Slice(0, rows).Dense();
        using var knn = Read(folder, "local").Slice(0, rows).Dense();
        using var threshold = new Threshold(sets);
        using var z = Logits(folder, rows, sets.Columns).requires_grad_();
        Peer.Serve(() =>
        {
            using var scope = NewDisposeScope();
            z.grad = null;
            threshold.zero_grad();
            var loss = AdaptiveLoss.Of(z - threshold.call(knn), y);
            loss.backward();
            return new(loss.item<float>() * (double)sets.Columns);
        });
    }

    /// <summary>Training steps: forward, loss, backward, Adam.</summary>
    public static void Step(string folder, int size, int hidden, double dropout)
    {
        manual_seed(1);
        var (x, y, local) = (Read(folder, "features"), Read(folder, "labels"), Read(folder, "local"));
        using var model = new Adaptive(x.Columns, hidden, y, dropout);
        using var optimiser = optim.Adam(model.parameters(), lr: 1e-3);
        int done = 0;

        double Next()
        {
            using var scope = NewDisposeScope();
            int start = (int)((long)done++ * size % x.Rows);
            optimiser.zero_grad();
            var margins = model.call(Bag.Of(x.Slice(start, size)), local.Slice(start, size).Dense());
            var loss = AdaptiveLoss.Of(margins, y.Slice(start, size).Dense());
            loss.backward();
            optimiser.step();
            return loss.item<float>() * (double)y.Columns;
        }

        Peer.Serve(() => new(Enumerable.Range(0, Steps).Select(_ => Next()).Last()), units: Steps);
    }

    private static Csr Read(string folder, string part) => Csr.Read(Path.Combine(folder, $"amazoncat.{part}.csr"));

    private static Tensor Logits(string folder, int rows, int labels)
    {
        using var file = File.OpenRead(Path.Combine(folder, "logits.f32"));
        return from_array(Csr.Numbers<float>(file, rows * labels)).reshape(rows, labels);
    }
}
