@echo off
rem build.cmd TARGET [ARGS...]: hands over to build.fsx. "build.cmd help" lists the targets.
setlocal
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
where dotnet >nul 2>nul || (
  echo Install the .NET 10 SDK from https://dotnet.microsoft.com/download, then run this again. 1>&2
  exit /b 1
)
dotnet fsi --quiet "%~dp0build.fsx" -- %*
exit /b %errorlevel%
