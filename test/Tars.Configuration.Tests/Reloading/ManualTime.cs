namespace Tars.Configuration.Tests.Reloading;

/// <summary>A clock whose timers fire when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(callback, state, dueTime);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Fires every timer that is due within <paramref name="time"/>, each once.</summary>
    public void Pass(TimeSpan time)
    {
        foreach (ManualTimer timer in _timers.Where(timer => timer.Due <= time).ToArray())
        {
            timer.Fire();
        }
    }

    private sealed class ManualTimer(TimerCallback callback, object? state, TimeSpan due) : ITimer
    {
        public TimeSpan Due { get; private set; } = due == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : due;

        public void Fire()
        {
            Due = TimeSpan.MaxValue;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : dueTime;
            return true;
        }

        public void Dispose() => Due = TimeSpan.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
