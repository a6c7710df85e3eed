// What every study stands on: the library as ./build.sh build makes it.
#I "../../src/Cli/bin/Release/net10.0"
#r "Limen.Kernels.dll"
#r "Limen.Core.dll"
#r "TorchSharp.dll"
