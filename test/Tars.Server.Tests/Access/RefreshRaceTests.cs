using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Access.Tokens;
using Tars.Storage.Identity;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Server.Tests.Access;

/// <summary>
/// Many clients refresh at once over two replicas of one store; answers are lost, requests are broken off, tokens are shown twice in the same moment, replicas are restarted.
/// No token ever has two successors, nobody who only asks again is logged out, and each late replay ends its family.
/// </summary>
public abstract class RefreshRaceTests
{
    private const int Refreshes = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Clients => int.Parse(Environment.GetEnvironmentVariable("TARS_REFRESH_CLIENTS") ?? "500", CultureInfo.InvariantCulture);

    protected static async Task RaceAsync(string? database)
    {
        int seed = Seeds.Draw();
        using TemporaryDirectory folder = new();
        Replicas replicas = new(folder, database);
        await using (replicas)
        {
            await replicas.StartAsync();
            NewUser user = await replicas[0].AddUserAsync("ann", "sre");
            List<Client> clients = [];
            for (int i = 0; i < Clients; i++)
            {
                TokenFamily family = await replicas[0].Store.RefreshTokens.BeginAsync(Guid.NewGuid(), user.Id, TimeSpan.FromDays(7), TimeSpan.FromDays(30), Token);
                string first = new RefreshToken(family.Id, 0).Write(replicas[0].Services.GetRequiredService<TokenMint>().Secrets);
                clients.Add(new Client(replicas, family.Id, first, new Random(seed + i)));
            }

            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
            Task restarts = replicas.RestartUntilAsync(ended.Token);
            await Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Token }, async (client, _) => await client.RunAsync(Refreshes));
            await ended.CancelAsync();
            await restarts;

            Assert.Equal([], clients.SelectMany(client => client.Complaints));
            Assert.True(clients.Sum(client => client.Lost) > Clients, "too few answers were lost to tell anything");
            Assert.True(replicas.Restarts > 0, "no replica was restarted");

            // Whoever kept a copy of an old token ends the family with it, and nobody else's.
            await Parallel.ForEachAsync(clients.Where((_, i) => i % 2 == 0), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token }, async (client, _) => await client.ReplayLateAsync());
            Assert.Equal([], clients.SelectMany(client => client.Complaints));
            HashSet<Guid> open = [.. (await replicas[0].Store.RefreshTokens.ListAsync(user.Id, Token)).Select(family => family.Id)];
            Assert.Equal(clients.Where((_, i) => i % 2 == 1).Select(client => client.Family).Order(), open.Order());
        }
    }

    /// <summary>Two servers over one store, of which now and then one is started anew.</summary>
    private sealed class Replicas(TemporaryDirectory folder, string? database) : IAsyncDisposable
    {
        private readonly AccessServer[] _servers = new AccessServer[2];

        public int Restarts { get; private set; }

        public AccessServer this[int index] => Volatile.Read(ref _servers[index]);

        public async Task StartAsync()
        {
            for (int i = 0; i < _servers.Length; i++)
            {
                _servers[i] = await AccessServer.StartAsync(folder: folder, database: database, audited: false);
            }
        }

        public async Task RestartUntilAsync(CancellationToken cancellationToken)
        {
            for (int i = 0; !cancellationToken.IsCancellationRequested; i = 1 - i)
            {
                await Task.Delay(300, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
                await _servers[i].DisposeAsync();
                Volatile.Write(ref _servers[i], await AccessServer.StartAsync(folder: folder, database: database, audited: false));
                Restarts++;
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (AccessServer server in _servers.OfType<AccessServer>())
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>One client, and what it complains of.</summary>
    private sealed class Client(Replicas replicas, Guid family, string first, Random random)
    {
        private readonly ConcurrentDictionary<string, string> _successors = new();
        private readonly List<string> _tokens = [first];

        public Guid Family => family;

        public ConcurrentQueue<string> Complaints { get; } = new();

        public int Lost { get; private set; }

        public async Task RunAsync(int refreshes)
        {
            for (int i = 0; i < refreshes && Complaints.IsEmpty; i++)
            {
                string token = _tokens[^1];
                for (int lost = random.Next(3); lost > 0; lost--)
                {
                    Lost++;
                    switch (random.Next(3))
                    {
                        case 0: // the answer arrives and is lost
                            await AskAsync(token, null);
                            break;
                        case 1: // broken off somewhere on the way
                            await AskAsync(token, TimeSpan.FromMilliseconds(random.NextDouble() * 5));
                            break;
                        default: // two windows of one browser
                            await Task.WhenAll(AskAsync(token, null), AskAsync(token, null), AskAsync(token, null));
                            break;
                    }
                }

                string? next = null;
                for (int attempt = 0; next is null && attempt < 200 && Complaints.IsEmpty; attempt++)
                {
                    next = await AskAsync(token, null);
                    if (next is null)
                    {
                        await Task.Delay(20, Token);
                    }
                }

                _tokens.Add(next ?? token);
            }
        }

        public async Task ReplayLateAsync()
        {
            string old = _tokens[random.Next(_tokens.Count - 2)];
            if (await StatusAsync(old) is var status && status != HttpStatusCode.Unauthorized)
            {
                Complaints.Enqueue($"{family}: a late replay is answered {status}");
            }

            if (await StatusAsync(_tokens[^1]) is var after && after != HttpStatusCode.Unauthorized)
            {
                Complaints.Enqueue($"{family}: after a late replay the newest token is answered {after}");
            }
        }

        private async Task<HttpStatusCode> StatusAsync(string token)
        {
            using HttpResponseMessage answer = await SendAsync(token, Token);
            return answer.StatusCode;
        }

        private Task<HttpResponseMessage> SendAsync(string token, CancellationToken cancellationToken) =>
            replicas[Random.Shared.Next(2)].Client.PostAsJsonAsync(new Uri("/auth/refresh", UriKind.Relative), new JsonObject { ["refresh_token"] = token }, cancellationToken);

        // The successor; null when nothing arrived, or the server could not answer now.
        private async Task<string?> AskAsync(string token, TimeSpan? patience)
        {
            try
            {
                using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
                stop.CancelAfter(patience ?? TimeSpan.FromSeconds(30));
                using HttpResponseMessage answer = await SendAsync(token, stop.Token);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    {
                        Complaints.Enqueue($"{family}: token {_tokens.IndexOf(token)} of {_tokens.Count} is answered {(int)answer.StatusCode}");
                    }

                    return null;
                }

                string next = (string)(await answer.Content.ReadFromJsonAsync<JsonObject>(stop.Token))!["refresh_token"]!;
                if (_successors.GetOrAdd(token, next) != next)
                {
                    Complaints.Enqueue($"{family}: token {_tokens.IndexOf(token)} has two successors");
                }

                return next;
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or ObjectDisposedException or IOException && !Token.IsCancellationRequested)
            {
                return null; // broken off, or the replica has just ended
            }
        }
    }
}

public sealed class SqliteRefreshRaceTests : RefreshRaceTests
{
    [Fact]
    public Task Refresh_ManyClientsWithLostAnswers_ForksNoFamilyAndLogsNobodyOut() => RaceAsync(null);
}

public sealed class PostgresRefreshRaceTests(PostgresFixture postgres) : RefreshRaceTests, IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Refresh_ManyClientsWithLostAnswers_ForksNoFamilyAndLogsNobodyOut() => await RaceAsync(await postgres.Require().CreateDatabaseAsync(TestContext.Current.CancellationToken));
}
