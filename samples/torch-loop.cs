// A network of one's own in a TorchSharp loop, with a loss and thresholds of Limen:  dotnet run torch-loop.cs
// torch itself is the package of your system: libtorch-cpu-win-x64, libtorch-cpu-osx-arm64, ...
#:package Limen@*
#:package libtorch-cpu-linux-x64@2.10.0
#:property PublishAot=false
#:property CreateSymbolicLinksForCopyLocalIfPossible=true
using Limen;
using TorchSharp;
using static TorchSharp.torch;

TorchRuntime.Load(); // before the first use of torch: older systems need it
random.manual_seed(1);

// Rows of 30 features with 12 labels, of which the last ones are rare: a label is true where a linear function of the features is high.
const int labels = 12;
var truth = randn(30, labels);
var bars = linspace(0.5, 2.2, labels) * truth.pow(2).sum(0L).sqrt();
var (x, y) = Draw(1500);
var (newX, newY) = Draw(500);

// The local signal: of each row's ten nearest training rows, itself left out, the share that carries the label.
var (local, newLocal) = (Neighbours(x, k: 10, itself: true), Neighbours(newX, k: 10, itself: false));

using var network = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, labels));
int[] positives = [.. y.sum(0L).data<float>().Select(n => (int)n)];
var thresholds = ThresholdModule.OfCounts(1500, positives);
using var loss = Losses.BceWithThreshold().Plus(0.1, Losses.Margin()).AsModule(thresholds); // one fused pass on the CPU
using var asymmetric = Losses.Asymmetric().AsModule(); // any loss of the library, over margins

using var optimiser = optim.AdamW(network.parameters().Concat(loss.parameters()), lr: 0.01, weight_decay: 0);
for (var epoch = 1; epoch <= 60; epoch++)
{
    using var scope = NewDisposeScope();
    optimiser.zero_grad();
    var logits = network.call(x);
    var value = loss.call(logits, local, y) + 0.1 * asymmetric.call(thresholds.call(logits, local), y);
    value.backward();
    optimiser.step();
    if (epoch % 20 == 0) Console.WriteLine($"epoch {epoch}: micro-F1 of new rows {MicroF1(z => thresholds.call(z, newLocal)):F2}");
}

(Tensor X, Tensor Y) Draw(int rows)
{
    var x = randn(rows, 30);
    return (x, (x.mm(truth) > bars).to_type(ScalarType.Float32));
}

Tensor Neighbours(Tensor rows, int k, bool itself)
{
    var closeness = nn.functional.normalize(rows).mm(nn.functional.normalize(x).t());
    if (itself) closeness -= 2 * eye(rows.shape[0]);
    return y.index_select(0, closeness.topk(k, 1).indexes.flatten()).reshape(-1, k, labels).mean([1L]);
}

double MicroF1(Func<Tensor, Tensor> margins)
{
    using var none = no_grad();
    using var scope = NewDisposeScope();
    var predicted = (margins(network.call(newX)) > 0).to_type(ScalarType.Float32);
    var hits = (predicted * newY).sum().item<float>();
    return 2 * hits / (predicted.sum().item<float>() + newY.sum().item<float>());
}

// It prints:
// epoch 20: micro-F1 of new rows 0.74
// epoch 40: micro-F1 of new rows 0.83
// epoch 60: micro-F1 of new rows 0.83
