using System.Text;
using Tars.Verify;

// Not Console.Out, which prepares a terminal with a thread for its signals; synchronized, since that writes on this thread: a pool of threads costs more than the rest.
using StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
using StreamWriter error = new(Console.OpenStandardError(), new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
return await VerifyCommand.RunAsync(args, TextWriter.Synchronized(output), TextWriter.Synchronized(error));
