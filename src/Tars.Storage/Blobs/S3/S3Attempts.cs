using System.Security.Cryptography;
using Amazon.Runtime;

namespace Tars.Storage.Blobs.S3;

/// <summary>Makes a request until it succeeds, fails for good, or has been made often enough. A pause that the service asks for is kept.</summary>
internal sealed class S3Attempts(S3BlobStoreOptions options, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs <paramref name="request"/>, which begins anew each time it is called.</summary>
    /// <exception cref="AmazonServiceException">The service's refusal, for the callers to whom a code means something; see <see cref="S3Failures.Is"/>.</exception>
    /// <exception cref="BlobStoreException">It failed for good.</exception>
    internal async Task<T> RunAsync<T>(string place, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken, params string[] passing)
    {
        for (int attempt = 1; ; attempt++)
        {
            S3Failure failure;
            try
            {
                using CancellationTokenSource limit = new(options.Timeout, time);
                using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                return await request(both.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && S3Failures.Concerns(error))
            {
                if (S3Failures.Is(error, passing))
                {
                    throw;
                }

                failure = S3Failures.Of(error, options);
                TimeSpan pause = failure.RetryAfter ?? Backoff(attempt);
                if (!failure.IsTransient || attempt == options.Attempts || pause > options.MaximumPause)
                {
                    throw failure.ToException(place, attempt, pause > options.MaximumPause ? pause : null, error);
                }

                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Half to all of 0.1 s, 0.2 s, 0.4 s …, so that many clients do not come back at once.</summary>
    private TimeSpan Backoff(int attempt)
    {
        TimeSpan most = FirstPause * (1 << (attempt - 1));
        most = most > options.MaximumPause ? options.MaximumPause : most;
        return most * (0.5 + (RandomNumberGenerator.GetInt32(1000) / 2000.0));
    }
}
