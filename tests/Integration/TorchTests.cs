using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace Limen.Integration;

/// <summary>Losses and thresholds as modules of torch.nn, for loops of a user's own.</summary>
public sealed class TorchTests
{
    [OneTimeSetUp]
    public void Load() => TorchRuntime.Load();

    [Test]
    public void A_loss_is_a_module_of_input_and_target()
    {
        using var scope = NewDisposeScope();
        using var loss = Losses.BceWithThreshold().AsModule();
        var input = tensor(new[,] { { 0.5f, -1f }, { 2f, 0f } }, requires_grad: true);
        var target = tensor(new[,] { { 1f, 0f }, { 0f, 1f } });
        var value = loss.call(input, target);
        value.backward();
        var expected = nn.functional.binary_cross_entropy_with_logits(input, target);
        Assert.That(value.item<float>(), Is.EqualTo(expected.item<float>()).Within(1e-6));
        Assert.That(input.grad!.data<float>(), Is.EqualTo(((input.sigmoid() - target) / 4).detach().data<float>()).Within(1e-6));
    }

    [Test]
    public void A_loss_that_needs_counts_asks_for_them()
    {
        var loss = Losses.Ldam().Plus(0.1, Losses.Margin());
        var fault = Assert.Throws<InvalidOperationException>(() => loss.AsModule())!;
        Assert.That(fault.Message, Does.Contain("ldam").And.Contain("training rows"));
        using var counted = loss.AsModule(10, [1, 9]);
        Assert.That(counted.call(zeros(1, 2), zeros(1, 2)).item<float>(), Is.GreaterThan(0));
    }

    [Test]
    public void A_number_out_of_range_is_refused()
    {
        var fault = Assert.Throws<ModelConfigurationException>(() => Losses.Focal(gamma: -1).AsModule())!;
        Assert.That(fault.Message, Does.Contain("gamma: expected 0 to 100").And.Contain("-1"));
    }

    [Test]
    public void Thresholds_learn_with_a_network_of_the_users_own()
    {
        random.manual_seed(1);
        var truth = randn(8, 6);
        var x = randn(200, 8);
        var y = (x.mm(truth) > 2).to_type(ScalarType.Float32);
        var local = y * 0.5; // what neighbours of the same labels would say
        using var network = nn.Linear(8, 6);
        var thresholds = ThresholdModule.OfCounts(200, [.. y.sum(0L).data<float>().Select(n => (int)n)]);
        using var loss = Losses.BceWithThreshold().Plus(0.1, Losses.Margin()).AsModule(thresholds);
        using var optimiser = optim.AdamW(network.parameters().Concat(loss.parameters()), lr: 0.05, weight_decay: 0);
        Assert.That(loss.parameters().Count(), Is.EqualTo(4), "odds of lambda, alpha, beta, b");
        var before = thresholds.parameters().Select(p => p.detach().clone()).ToArray();
        var values = new List<float>();
        for (var step = 0; step < 50; step++)
        {
            using var scope = NewDisposeScope();
            optimiser.zero_grad();
            var value = loss.call(network.call(x), local, y);
            value.backward();
            optimiser.step();
            values.Add(value.item<float>());
        }
        Assert.That(values[^1], Is.LessThan(0.5 * values[0]));
        Assert.That(thresholds.parameters().Zip(before).All(pair => !pair.First.allclose(pair.Second)), "each of them moves");
    }

    [Test]
    public void A_loop_leaves_no_tensor_behind()
    {
        using var loss = Losses.Asymmetric().Plus(0.1, Losses.Margin()).AsModule();
        using var fused = Losses.BceWithThreshold().AsModule();
        var (input, target) = (randn(4, 3, requires_grad: true), zeros(4, 3));
        void Step()
        {
            using var scope = NewDisposeScope();
            (loss.call(input, target) + fused.call(input, target)).backward();
        }
        Step();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 10; i++) Step();
        Assert.That(Tensor.TotalCount, Is.EqualTo(before));
    }
}
