using Tars.Verify;

return await VerifyCommand.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
