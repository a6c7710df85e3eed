using System.Globalization;
using Peers;

// ML.NET with a binary trainer for each label. Arguments: folder, name of the rows, seconds after which no further label is started.
if (args is not [var folder, var name, var limit])
    throw new ArgumentException($"expected folder, name and seconds, received {string.Join(' ', args)}");

var train = LabelledRow.Read(folder, $"{name}.train");
var test = LabelledRow.Read(folder, $"{name}.test");
var seconds = TimeSpan.FromSeconds(double.Parse(limit, CultureInfo.InvariantCulture));
Peer.Serve(() => OneVersusRest.Fit(train, seconds).Measure(test), warm: false);
