using Tars.Cli.CommandLine;

// Code that is generated at run time (a package compiles a regular expression for each YAML file) costs a short command more than it gains.
AppContext.SetSwitch("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported", false);

return await TarsCommandLine.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
