using Tars.Cli.CommandLine;

return await TarsCommandLine.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
