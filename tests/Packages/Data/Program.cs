// Reads labels from a table and vectors from numpy's file beside it, which is written here byte by byte.
using System.Text;
using Limen;

File.WriteAllText("points.csv", "name,labels\na,left\nb,right\nc,left\nd,right;left\n");
var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }".PadRight(117) + "\n";
File.WriteAllBytes(
    "points.npy",
    [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. Enumerable.Range(0, 8).SelectMany(i => BitConverter.GetBytes(i + 1f))]
);
var rows = MultiLabelDataset.FromFile("points.csv", vectors: "points.npy", formats: DataFiles.All);
Console.WriteLine($"npy {rows.Count} rows, features {rows.FeaturesOf(3)!.Count}, labels {string.Join(" ", rows.Labels)}");
