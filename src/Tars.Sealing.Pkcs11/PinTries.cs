using Net.Pkcs11Interop.HighLevelAPI;

namespace Tars.Sealing.Pkcs11;

/// <summary>
/// What a token says of its remaining tries. A wrong PIN is never tried twice; and the last try is left to a person, because a token that
/// locks itself may be lost with its keys.
/// </summary>
/// <param name="CountLow">A wrong PIN was given since the last right one.</param>
/// <param name="FinalTry">One more wrong PIN locks it.</param>
/// <param name="Locked">It takes no PIN any more.</param>
internal readonly record struct PinTries(bool CountLow, bool FinalTry, bool Locked)
{
    internal static PinTries Of(ITokenFlags flags) => new(flags.UserPinCountLow, flags.UserPinFinalTry, flags.UserPinLocked);

    /// <summary>Why no PIN is given to the token; null when one may be.</summary>
    internal TokenException? Refusal(string token) =>
        Locked ? new TokenException($"{token}: its PIN is locked after too many wrong ones", "the token's security officer unlocks it (pkcs11-tool --init-pin --login --login-type so)", isEnvironment: true)
        : FinalTry ? new TokenException($"{token}: one try is left before the token locks itself, and it is not used here", "log in once by hand with the right PIN (pkcs11-tool --login --list-objects), which resets the count")
        : null;

    /// <summary>What is said after a wrong PIN.</summary>
    internal string AfterWrongPin() =>
        "it was tried once and is not tried again: a token counts wrong PINs and locks itself after a few"
        + (Locked ? "; it is locked now" : FinalTry ? "; one try is left" : CountLow ? "; the token says that few are left" : string.Empty);
}
