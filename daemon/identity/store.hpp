#pragma once
// Names and numbers of people, in a file of their own (design.md 5 "Who"). Each token has its own card: a visit that
// was once booked for the wrong patient must not give that patient another's name.

#include "identity/card.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::identity {

// The file cannot be used: damaged, of a newer version, no room.
class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class Stored : std::uint8_t {
    done,
    no_token,
    erased, // at least one token of the card was erased; nothing of the card was kept
};

class Store {
public:
    // Creates the file with mode 0600. Throws StoreError.
    explicit Store(std::string const& path);
    ~Store();
    Store(Store const&) = delete;
    Store& operator=(Store const&) = delete;

    // What the card says replaces what was known of each of its tokens; what it leaves open stays. An older card than
    // the one that is kept only fills what is still open.
    Stored store(Card const& card);
    // One card a known token, in the order asked.
    std::vector<Card> lookup(std::vector<std::string> const& tokens);
    // Erases this token's card and those of all tokens that cards connect with it, near or far: a visit, its patient,
    // all other visits. They are refused from then on. The audit row says who did it, when and why, and of which token;
    // never of whom. False when nothing was known of it.
    bool erase(std::string const& token, std::string const& user, std::string const& reason, std::int64_t at_ms);

    struct Audit {
        std::int64_t at_ms = 0;
        std::string token, user, reason;
        std::int64_t erased = 0; // cards
    };
    std::vector<Audit> audit();

private:
    struct Database;
    void store_token(Card const& card, std::string const& token);
    std::optional<Card> card_of(std::string const& token);
    std::vector<std::string> linked(std::string const& token);

    std::unique_ptr<Database> db_;
};

} // namespace vigil::identity
