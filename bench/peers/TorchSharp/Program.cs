using System.Globalization;
using Limen;
using Peers;

// The method in TorchSharp, composed as its user composes it.
// Arguments: folder, then "loss" and rows of the batch, or "step", rows of a batch, hidden units, dropout.
TorchRuntime.Load();
switch (args)
{
    case [var folder, "loss", var rows]:
        Jobs.Loss(folder, int.Parse(rows, CultureInfo.InvariantCulture));
        break;
    case [var folder, "step", var rows, var hidden, var dropout]:
        Jobs.Step(
            folder,
            int.Parse(rows, CultureInfo.InvariantCulture),
            int.Parse(hidden, CultureInfo.InvariantCulture),
            double.Parse(dropout, CultureInfo.InvariantCulture));
        break;
    default:
        throw new ArgumentException($"there is no job {string.Join(' ', args)}");
}
