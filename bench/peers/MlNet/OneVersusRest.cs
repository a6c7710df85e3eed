using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Peers;

/// <summary>
/// Multi-label classification as it is done with ML.NET: a binary model for each label. The trainer is the one that its
/// documentation names as the best for text, with its defaults.
/// </summary>
/// <param name="Models">By label; null where no training row has it, so that it is predicted for no row.</param>
/// <param name="Seconds">What training them took.</param>
internal sealed record OneVersusRest(IReadOnlyDictionary<int, ITransformer?> Models, double Seconds)
{
    /// <summary>
    /// Trains a label on each processor, in an order that is drawn, until all are done or the time is over; the labels done are
    /// then a random sample of all.
    /// </summary>
    public static OneVersusRest Fit(LabelledRows train, TimeSpan limit)
    {
        var models = new ConcurrentDictionary<int, ITransformer?>();
        int[] order = [.. Enumerable.Range(0, train.Labels)];
        new Random(1).Shuffle(order);
        var present = train.Rows.SelectMany(row => row.Labels).ToHashSet();
        var clock = Stopwatch.StartNew();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(Partitioner.Create(order, loadBalance: true), parallel, (label, state) =>
        {
            if (clock.Elapsed > limit)
                state.Stop();
            else
                models[label] = present.Contains(label) ? Model(train, label) : null;
        });
        return new(models, clock.Elapsed.TotalSeconds);
    }

    /// <summary>
    /// Macro-F1 with 0/0 = 0 and micro-F1 over the labels done, and the seconds that training took, extrapolated to all labels.
    /// </summary>
    public Outcome Measure(LabelledRows test)
    {
        var counts = Models.AsParallel().WithDegreeOfParallelism(Environment.ProcessorCount)
            .Select(entry => Count(test, entry.Key, entry.Value)).ToArray();
        double macro = counts.Average(c => c.F1);
        double micro = counts.Aggregate((a, b) => a + b).F1;
        return new(macro)
        {
            Trajectory = [(Seconds * test.Labels / counts.Length, macro)],
            Measures = new()
            {
                ["macro-F1"] = macro,
                ["micro-F1"] = micro,
                ["labels done"] = counts.Length,
                ["of"] = test.Labels,
                ["seconds spent"] = Seconds,
            },
        };
    }

    private static ITransformer Model(LabelledRows train, int label)
    {
        var ml = new MLContext(seed: 1);
        return ml.BinaryClassification.Trainers.AveragedPerceptron().Fit(View(ml, train, label));
    }

    private static Confusion Count(LabelledRows test, int label, ITransformer? model)
    {
        var ml = new MLContext(seed: 1);
        var predicted = model is null
            ? Enumerable.Repeat(false, test.Rows.Length)
            : model.Transform(View(ml, test, label)).GetColumn<bool>("PredictedLabel");
        return test.Rows.Zip(predicted, (row, positive) => Confusion.Of(row.Labels.Contains(label), positive))
            .Aggregate((a, b) => a + b);
    }

    private static IDataView View(MLContext ml, LabelledRows data, int label)
    {
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, data.Features);
        return ml.Data.LoadFromEnumerable(
            data.Rows.Select(row => new Example { Features = row.Features, Label = row.Labels.Contains(label) }).ToArray(), schema);
    }

    private sealed class Example
    {
        public bool Label { get; init; }

        public VBuffer<float> Features { get; init; }
    }

    private readonly record struct Confusion(long Hits, long Predicted, long True)
    {
        public double F1 => Hits == 0 ? 0 : 2.0 * Hits / (Predicted + True);

        public static Confusion Of(bool truth, bool predicted) =>
            new(truth && predicted ? 1 : 0, predicted ? 1 : 0, truth ? 1 : 0);

        public static Confusion operator +(Confusion a, Confusion b) =>
            new(a.Hits + b.Hits, a.Predicted + b.Predicted, a.True + b.True);
    }
}
