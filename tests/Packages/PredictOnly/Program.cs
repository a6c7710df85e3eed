// Loads a model and uses it, where there is no libtorch package: Program MODEL FOLDER-OF-ITS-DATA
using System.Diagnostics;
using Limen;

var model = AdaptiveThresholdModel.Load(args[0]);
var test = MultiLabelDataset.FromJsonLines(Path.Combine(args[1], "test.jsonl"));
var text = test.TextOf(0)!;

Console.WriteLine($"predicted {string.Join(" ", model.Predict(text).Labels)}");
Console.WriteLine($"neighbours {model.Explain(text).Neighbours.Count}");
Console.WriteLine($"micro-F1 {model.Evaluate(test).MicroF1:F3}");

// TorchSharp.dll is managed code; the native half of torch and of TorchSharp has other names
var native = Process
    .GetCurrentProcess()
    .Modules.Cast<ProcessModule>()
    .Select(module => module.FileName)
    .Concat(OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/maps").Select(line => line.Split(' ')[^1]) : [])
    .Where(file => Path.GetFileName(file) is var name && name.Contains("torch", StringComparison.OrdinalIgnoreCase) && name != "TorchSharp.dll")
    .Distinct();
Console.WriteLine($"native torch {string.Join(" ", native)}");

// what does need it says so
try
{
    AdaptiveThresholdModel.Builder().WithLoss(Losses.Focal()).Fit(test, test);
    Console.WriteLine("trained without torch");
}
catch (Exception e)
{
    Console.WriteLine(e.Message);
}
