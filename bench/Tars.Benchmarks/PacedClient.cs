using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tars.Benchmarks;

/// <summary>
/// Sends requests at a fixed rate, whatever the answers take: a request whose turn has come while earlier ones wait is late, and its lateness counts into its
/// latency. Speaks as much HTTP/1.1 as that needs.
/// </summary>
internal static class PacedClient
{
    /// <summary>What came of a run.</summary>
    /// <param name="Rate">Answers a second.</param>
    /// <param name="P50">Milliseconds, the median.</param>
    /// <param name="P99">Milliseconds, 99 of 100.</param>
    /// <param name="Statuses">How many of each status.</param>
    public sealed record Outcome(double Rate, double P50, double P99, IReadOnlyDictionary<int, int> Statuses);

    /// <summary>Runs it.</summary>
    /// <param name="address">The server.</param>
    /// <param name="rate">Requests a second, of all connections together.</param>
    /// <param name="connections">Connections.</param>
    /// <param name="time">How long.</param>
    /// <param name="request">The text of a request, by its number.</param>
    public static async Task<Outcome> RunAsync(Uri address, double rate, int connections, TimeSpan time, Func<int, string> request)
    {
        long began = Stopwatch.GetTimestamp();
        (List<double> Took, Dictionary<int, int> Statuses)[] all = await Task.WhenAll(Enumerable.Range(0, connections).Select(number => Task.Run(() => LoopAsync(address, rate, connections, number, began, time, request))));
        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        List<double> took = [.. all.SelectMany(one => one.Took).Order()];
        Dictionary<int, int> statuses = all.SelectMany(one => one.Statuses).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));
        return new Outcome(took.Count / elapsed, took[took.Count / 2], took[(int)(took.Count * 0.99)], statuses);
    }

    private static async Task<(List<double> Took, Dictionary<int, int> Statuses)> LoopAsync(Uri address, double rate, int connections, int number, long began, TimeSpan time, Func<int, string> request)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        byte[] buffer = new byte[1 << 16];
        List<double> took = [];
        Dictionary<int, int> statuses = [];
        for (int turn = 0; ; turn++)
        {
            int one = (turn * connections) + number;
            double due = one / rate;
            if (due > time.TotalSeconds)
            {
                return (took, statuses);
            }

            double wait = due - Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (wait > 0.001)
            {
                await Task.Delay(TimeSpan.FromSeconds(wait));
            }

            await socket.SendAsync(Encoding.ASCII.GetBytes(request(one)));
            int status = await ReadAsync(socket, buffer);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            took.Add((Stopwatch.GetElapsedTime(began).TotalSeconds - due) * 1000);
        }
    }

    private static async Task<int> ReadAsync(Socket socket, byte[] buffer)
    {
        int there = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(there));
            there = read > 0 ? there + read : throw new IOException("the server closed the connection");
            int head = buffer.AsSpan(0, there).IndexOf("\r\n\r\n"u8);
            if (head < 0)
            {
                continue;
            }

            string text = Encoding.ASCII.GetString(buffer, 0, head);
            const string Length = "\r\nContent-Length: ";
            int at = text.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
            int body = at < 0 ? 0 : int.Parse(text.AsSpan(at + Length.Length).ToString().Split('\r')[0], CultureInfo.InvariantCulture);
            int whole = head + 4 + body;
            while (there < whole)
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(there));
                there = read > 0 ? there + read : throw new IOException("the server closed the connection");
            }

            return int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture);
        }
    }
}
