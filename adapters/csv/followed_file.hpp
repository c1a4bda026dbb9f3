#pragma once
// A file that grows, and that may be replaced by another of the same name (as `tail -F` follows it).

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::csv {

class FollowedFile {
public:
    explicit FollowedFile(std::string path);
    ~FollowedFile();
    FollowedFile(FollowedFile const&) = delete;
    FollowedFile& operator=(FollowedFile const&) = delete;

    // Opens what has the name now; false when there is nothing that can be read.
    bool open();
    bool is_open() const { return fd_ >= 0; }
    std::uint64_t size() const; // by now
    // Another file has the name, or none.
    bool replaced() const;
    // The bytes from `from` on, up to `to`: all of them, or at least `enough`. Valid until the next question.
    std::string_view bytes(std::uint64_t from, std::uint64_t to, std::size_t enough);
    // By which the file is known again: how it begins, and what stands before `offset`.
    std::string marks(std::uint64_t offset) const;

private:
    void close();

    std::string path_;
    int fd_ = -1;
    std::uint64_t inode_ = 0;
    std::string buffer_;
    std::uint64_t buffer_at_ = 0;
};

} // namespace vigil::csv
