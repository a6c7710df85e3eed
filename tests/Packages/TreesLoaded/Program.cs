// Loads what Trees saved, without Limen.Trees: Program MODEL
using Limen;

var model = AdaptiveThresholdModel.Load(args[0]);
Console.WriteLine($"predicted {string.Join(" ", model.Predict([(0, 0.9f), (1, 0.9f)]).Candidates.Select(label => $"{label.Label} {label.IsPredicted} {label.Score:F6}"))}");
